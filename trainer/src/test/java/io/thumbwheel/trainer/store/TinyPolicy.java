package io.thumbwheel.trainer.store;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A whole Hugging Face folder of the smallest size: two layers, hidden 32, a tokenizer of bytes.
public final class TinyPolicy {
    public static final ModelConfig CONFIG =
            ModelConfig.llama(264, 32, 2, 4, 2, 16, 48, 128, 1e-5, 10_000, true, 1, 2, 0);

    private static final List<String> SPECIALS =
            List.of(
                    "<|pad|>",
                    "<|bos|>",
                    "<|eos|>",
                    "<|user|>",
                    "<|assistant|>",
                    "<|system|>",
                    "<|spare0|>",
                    "<|spare1|>");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TinyPolicy() {}

    /// Writes all files; the weights depend on the seed.
    public static Path write(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        writeModel(folder, seed);
        Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokenizer()));
        ObjectNode text =
                JSON.createObjectNode()
                        .put("bos_token", "<|bos|>")
                        .put("eos_token", "<|eos|>")
                        .put("pad_token", "<|pad|>")
                        .put(
                                "chat_template",
                                "{{ bos_token }}{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}");
        Files.write(folder.resolve("tokenizer_config.json"), JSON.writeValueAsBytes(text));
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 2}");
        return folder;
    }

    /// Writes config.json and model.safetensors only, as a learner does.
    public static void writeModel(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        TensorNames.shapes(CONFIG)
                .forEach((name, shape) -> {
                    long size = shape.stream().reduce(1L, Math::multiplyExact);
                    float[] values = new float[Math.toIntExact(size)];
                    boolean norm = shape.size() == 1;
                    double scale = norm ? 0 : 0.5 / Math.sqrt(shape.getLast());
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) ((norm ? 1 : 0) + scale * random.nextGaussian());
                    }
                    tensors.put(name, new Safetensors.Tensor(shape, FloatBuffer.wrap(values)));
                });
        CONFIG.write(folder);
        Safetensors.write(
                folder.resolve(Safetensors.FILE), tensors, Safetensors.Precision.F32, Map.of());
    }

    private static ObjectNode tokenizer() {
        ObjectNode file = JSON.createObjectNode();
        ArrayNode added = file.putArray("added_tokens");
        for (String special : SPECIALS) {
            added.addObject()
                    .put("id", added.size() - 1)
                    .put("content", special)
                    .put("special", true);
        }
        file.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false);
        ObjectNode model = file.putObject("model").put("type", "BPE");
        ObjectNode vocab = model.putObject("vocab");
        SPECIALS.forEach(special -> vocab.put(special, vocab.size()));
        int unprintable = 0;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
            char character = (char) (printable ? b : 256 + unprintable++);
            vocab.put(String.valueOf(character), vocab.size());
        }
        model.putArray("merges");
        return file;
    }
}
