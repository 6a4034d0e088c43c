package io.thumbwheel.serving.bench;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ModelFamily;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Writes a checkpoint in llama.cpp's file format, matrices as F32 or Q8_0, without a tokenizer.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
final class GgufFile {
    private static final int ALIGNMENT = 32;
    private static final int VERSION = 3;
    private static final int BLOCK = 32;
    private static final int F32 = 0;
    private static final int Q8_0 = 8;
    private static final int MOSTLY_Q8_0 = 7;
    private static final int TYPE_UINT32 = 4;
    private static final int TYPE_FLOAT32 = 6;
    private static final int TYPE_STRING = 8;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();

    private GgufFile() {}

    /// @param name in the file
    /// @param source in the checkpoint
    /// @param type of its numbers
    /// @param heads whose halves are interleaved, as llama.cpp's rotary embedding wants them; 0
    ///   where it has none
    private record Entry(String name, String source, List<Long> shape, int type, int heads) {
        int values() {
            return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        }

        long bytes() {
            return type == F32
                    ? (long) values() * Float.BYTES
                    : (long) values() / BLOCK * (BLOCK + Short.BYTES);
        }
    }

    /// @param folder config.json and weights of a Llama with tied embedding
    /// @param precision fp32 or int8
    static void write(Path folder, Precision precision, Path file)
            throws IOException, BenchmarkFailedException {
        ModelConfig config = ModelConfig.read(folder);
        if (config.family() != ModelFamily.LLAMA || config.ropeScaling() != null) {
            throw new BenchmarkFailedException(
                    "llama.cpp is compared on Llamas with plain rotary embedding only, this one is "
                            + config);
        }
        if (precision == Precision.INT4) {
            throw new BenchmarkFailedException(
                    "llama.cpp is compared in fp32 and int8 only: leave --llama out for int4");
        }
        List<Entry> entries = entries(config, precision == Precision.FP32 ? F32 : Q8_0);
        byte[] head = new GgufFile().head(config, entries, precision);
        try (Safetensors tensors = Safetensors.openFolder(folder);
                FileChannel channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE)) {
            long at = put(channel, ByteBuffer.wrap(head), 0);
            for (Entry entry : entries) {
                float[] values = new float[entry.values()];
                tensors.read(entry.source(), entry.shape(), FloatBuffer.wrap(values));
                at = put(channel, encoded(entry, values), at);
            }
        }
    }

    private static List<Entry> entries(ModelConfig config, int type) {
        Map<String, List<Long>> shapes = TensorNames.shapes(config);
        SequencedMap<String, String> names = new LinkedHashMap<>();
        names.put(TensorNames.EMBEDDING, "token_embd");
        names.put(TensorNames.FINAL_NORM, "output_norm");
        if (!config.tied()) {
            names.put(TensorNames.HEAD, "output");
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String from = "model.layers." + layer + ".";
            String to = "blk." + layer + ".";
            names.put(from + "input_layernorm.weight", to + "attn_norm");
            names.put(from + "self_attn.q_proj.weight", to + "attn_q");
            names.put(from + "self_attn.k_proj.weight", to + "attn_k");
            names.put(from + "self_attn.v_proj.weight", to + "attn_v");
            names.put(from + "self_attn.o_proj.weight", to + "attn_output");
            names.put(from + "post_attention_layernorm.weight", to + "ffn_norm");
            names.put(from + "mlp.gate_proj.weight", to + "ffn_gate");
            names.put(from + "mlp.up_proj.weight", to + "ffn_up");
            names.put(from + "mlp.down_proj.weight", to + "ffn_down");
        }
        List<Entry> entries = new ArrayList<>();
        names.forEach((source, name) -> {
            List<Long> shape = shapes.get(source);
            if (shape == null) {
                throw new IllegalStateException("no tensor of this model is called " + source);
            }
            int heads =
                    name.endsWith("attn_q")
                            ? config.heads()
                            : name.endsWith("attn_k") ? config.keyValueHeads() : 0;
            entries.add(
                    new Entry(
                            name + ".weight",
                            source,
                            shape,
                            shape.size() == 1 ? F32 : type,
                            heads));
        });
        return entries;
    }

    private byte[] head(ModelConfig config, List<Entry> entries, Precision precision) {
        SequencedMap<String, Object> facts = new LinkedHashMap<>();
        facts.put("general.architecture", "llama");
        facts.put("general.file_type", precision == Precision.FP32 ? F32 : MOSTLY_Q8_0);
        facts.put("llama.context_length", config.context());
        facts.put("llama.embedding_length", config.hidden());
        facts.put("llama.block_count", config.layers());
        facts.put("llama.feed_forward_length", config.ffn());
        facts.put("llama.attention.head_count", config.heads());
        facts.put("llama.attention.head_count_kv", config.keyValueHeads());
        facts.put("llama.attention.layer_norm_rms_epsilon", (float) config.normEpsilon());
        facts.put("llama.rope.dimension_count", config.headDim());
        facts.put("llama.rope.freq_base", (float) config.ropeTheta());
        facts.put("llama.vocab_size", config.vocab());
        facts.put("tokenizer.ggml.model", "none");
        head.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        number(VERSION, Integer.BYTES);
        number(entries.size(), Long.BYTES);
        number(facts.size(), Long.BYTES);
        facts.forEach(this::fact);
        long offset = 0;
        for (Entry entry : entries) {
            text(entry.name());
            number(entry.shape().size(), Integer.BYTES);
            entry.shape().reversed().forEach(size -> number(size, Long.BYTES));
            number(entry.type(), Integer.BYTES);
            number(offset, Long.BYTES);
            offset += padded(entry.bytes());
        }
        return head.toByteArray();
    }

    private void fact(String key, Object value) {
        text(key);
        switch (value) {
            case String text -> {
                number(TYPE_STRING, Integer.BYTES);
                text(text);
            }
            case Integer whole -> {
                number(TYPE_UINT32, Integer.BYTES);
                number(whole, Integer.BYTES);
            }
            case Float real -> {
                number(TYPE_FLOAT32, Integer.BYTES);
                number(Float.floatToIntBits(real), Integer.BYTES);
            }
            default -> throw new IllegalArgumentException(key + " is " + value);
        }
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length, Long.BYTES);
        head.writeBytes(bytes);
    }

    private void number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            head.write((int) (value >>> Byte.SIZE * i));
        }
    }

    private static ByteBuffer encoded(Entry entry, float[] values) {
        float[] ordered = entry.heads() == 0 ? values : interleaved(entry, values);
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(entry.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        if (entry.type() == F32) {
            bytes.asFloatBuffer().put(ordered);
            return bytes;
        }
        for (int from = 0; from < ordered.length; from += BLOCK) {
            float greatest = 0;
            for (int i = from; i < from + BLOCK; i++) {
                greatest = Math.max(greatest, Math.abs(ordered[i]));
            }
            float inverse = greatest == 0 ? 0 : 127 / greatest;
            bytes.putShort(Float.floatToFloat16(greatest / 127));
            for (int i = from; i < from + BLOCK; i++) {
                bytes.put((byte) Math.round(ordered[i] * inverse));
            }
        }
        return bytes.flip();
    }

    /// Rows (half, i) of each head become rows (i, half).
    private static float[] interleaved(Entry entry, float[] values) {
        int in = Math.toIntExact(entry.shape().get(1));
        int width = values.length / in / entry.heads();
        float[] ordered = new float[values.length];
        for (int head = 0; head < entry.heads(); head++) {
            for (int row = 0; row < width; row++) {
                int to = row < width / 2 ? 2 * row : 2 * (row - width / 2) + 1;
                System.arraycopy(
                        values, (head * width + row) * in, ordered, (head * width + to) * in, in);
            }
        }
        return ordered;
    }

    /// @return where the next one begins
    private static long put(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long next = at + padded(bytes.remaining());
        ByteBuffer filled = ByteBuffer.allocate(Math.toIntExact(next - at)).put(bytes).clear();
        for (long position = at; filled.hasRemaining(); ) {
            position += channel.write(filled, position);
        }
        return next;
    }

    private static long padded(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
