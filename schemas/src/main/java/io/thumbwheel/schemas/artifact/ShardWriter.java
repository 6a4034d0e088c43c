package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.Safetensors.Precision;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes weights as Hugging Face cuts them: `model.safetensors`, or numbered shards of a greatest
/// size and their index. Values go from file to file in pieces, never as a whole through the heap.
public final class ShardWriter {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int VALUES_AT_ONCE = 1 << 20;

    private final Safetensors source;
    private final Optional<Precision> precision;

    /// @param source stays open and its owner's
    /// @param precision to write; empty for each tensor's own
    public ShardWriter(Safetensors source, Optional<Precision> precision) {
        this.source = source;
        this.precision = precision;
    }

    /// What was written.
    ///
    /// @param files weight files
    /// @param bytes of all values
    public record Written(int files, long bytes) {}

    /// Writes all tensors into the folder.
    ///
    /// @param maxBytes of values in a file; a single tensor may be larger
    /// @throws UnsupportedModelException where a value does not fit the precision
    public Written write(Path folder, long maxBytes) throws IOException {
        List<List<String>> shards = shards(maxBytes);
        ObjectNode index = JSON.createObjectNode();
        ObjectNode places = JSON.createObjectNode();
        long total = 0;
        for (int i = 0; i < shards.size(); i++) {
            String file =
                    shards.size() == 1
                            ? Safetensors.FILE
                            : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            write(folder.resolve(file), shards.get(i));
            for (String name : shards.get(i)) {
                places.put(name, file);
                total += bytes(name);
            }
        }
        if (shards.size() > 1) {
            index.putObject("metadata").put("total_size", total);
            index.set("weight_map", places);
            AtomicFile.write(folder.resolve(Safetensors.INDEX), JSON.writeValueAsBytes(index));
        }
        return new Written(shards.size(), total);
    }

    private List<List<String>> shards(long maxBytes) {
        List<List<String>> shards = new ArrayList<>();
        long room = -1;
        for (String name : source.entries().keySet()) {
            long bytes = bytes(name);
            if (shards.isEmpty() || bytes > room) {
                shards.add(new ArrayList<>());
                room = maxBytes;
            }
            shards.getLast().add(name);
            room -= bytes;
        }
        return shards;
    }

    private void write(Path file, List<String> names) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode notes = header.putObject("__metadata__").put("format", "pt");
        source.metadata().forEach(notes::put);
        long offset = 0;
        for (String name : names) {
            long end = offset + bytes(name);
            Safetensors.describe(header, name, written(name), entry(name).shape(), offset, end);
            offset = end;
        }
        AtomicFile.write(
                file,
                channel -> {
                    Safetensors.writeHeader(channel, header);
                    for (String name : names) {
                        write(channel, name);
                    }
                });
    }

    private void write(FileChannel channel, String name) throws IOException {
        MemorySegment stored = source.bytes(name);
        Precision from = entry(name).precision();
        Precision to = written(name);
        if (from == to) {
            Safetensors.copy(stored, channel);
            return;
        }
        FloatBuffer values = FloatBuffer.allocate(VALUES_AT_ONCE);
        long piece = (long) VALUES_AT_ONCE * from.bytes();
        for (long at = 0; at < stored.byteSize(); at += piece) {
            long length = Math.min(piece, stored.byteSize() - at);
            FloatValues.decode(stored.asSlice(at, length), from, values.clear());
            requireFit(name, values.flip(), to);
            AtomicFile.writeFully(channel, FloatValues.encode(values, to));
        }
    }

    private static void requireFit(String name, FloatBuffer values, Precision to) {
        if (to != Precision.F16) {
            return;
        }
        for (int i = 0; i < values.limit(); i++) {
            float value = values.get(i);
            if (Float.isFinite(value)
                    && !Float.isFinite(Float.float16ToFloat(Float.floatToFloat16(value)))) {
                throw new UnsupportedModelException(
                        "tensor %s has the value %s, beyond the 65504 of fp16: write bf16 or fp32"
                                .formatted(name, value));
            }
        }
    }

    private long bytes(String name) {
        return entry(name).size() * written(name).bytes();
    }

    private Precision written(String name) {
        return precision.orElse(entry(name).precision());
    }

    private Safetensors.Entry entry(String name) {
        Safetensors.Entry entry = source.entries().get(name);
        if (entry == null) {
            throw new IllegalStateException("names come from the entries: " + name);
        }
        return entry;
    }
}
