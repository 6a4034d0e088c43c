package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// A safetensors file, read in place: eight bytes of header length, a JSON header, raw
/// little-endian values (https://github.com/huggingface/safetensors). F32, BF16 and F16 values are
/// read as float. Or several files as one, as Hugging Face cuts large checkpoints. Owns the
/// mappings: buffers of them die with [#close].
public final class Safetensors implements AutoCloseable {
    /// Name in a Hugging Face folder.
    public static final String FILE = "model.safetensors";

    /// Name of the list of shards in a Hugging Face folder that has no single file.
    public static final String INDEX = "model.safetensors.index.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long LONGEST_HEADER = 100_000_000;
    private static final long COPIED_AT_ONCE = 64L << 20;
    private static final ValueLayout.OfLong LITTLE_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, MemorySegment> data = new HashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private Safetensors(Path file, Arena arena) {
        this.file = file;
        this.arena = arena;
    }

    /// How values are written.
    public enum Precision {
        F32(4),
        BF16(2),
        F16(2);

        private final int bytes;

        Precision(int bytes) {
            this.bytes = bytes;
        }

        /// Bytes of a value.
        int bytes() {
            return bytes;
        }
    }

    /// Where a tensor lies.
    ///
    /// @param precision of the stored values
    /// @param shape row-major
    /// @param begin first byte after the header
    /// @param end one past its last byte
    public record Entry(Precision precision, List<Long> shape, long begin, long end) {
        public Entry {
            shape = List.copyOf(shape);
        }

        /// Number of values.
        public long size() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        }
    }

    /// Values to write.
    ///
    /// @param shape row-major
    /// @param values as many as the shape says, from position to limit
    public record Tensor(List<Long> shape, FloatBuffer values) {
        public Tensor {
            shape = List.copyOf(shape);
            long size = shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
            if (size != values.remaining()) {
                throw new IllegalArgumentException(
                        "shape %s needs %d values, got %d"
                                .formatted(shape, size, values.remaining()));
            }
        }
    }

    /// Maps the file and checks its header.
    ///
    /// @throws IOException where it cannot be read or is not a safetensors file of F32, BF16 or F16
    public static Safetensors open(Path file) throws IOException {
        return open(file, List.of(file));
    }

    /// Maps the weights of a Hugging Face folder: `model.safetensors`, or the shards that
    /// `model.safetensors.index.json` lists.
    ///
    /// @throws IOException as [#open], and where a shard is missing or lacks a tensor of the index
    public static Safetensors openFolder(Path folder) throws IOException {
        Path index = folder.resolve(INDEX);
        if (Files.exists(folder.resolve(FILE)) || !Files.exists(index)) {
            return open(folder.resolve(FILE));
        }
        return Shards.read(index).open();
    }

    static Safetensors open(Path named, Collection<Path> files) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            Safetensors all = new Safetensors(named, arena);
            for (Path file : files) {
                all.map(file);
            }
            return all;
        } catch (IOException | RuntimeException failed) {
            arena.close();
            throw failed;
        }
    }

    private void map(Path part) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ)) {
            MemorySegment all =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            if (all.byteSize() < Long.BYTES) {
                throw broken(part, "it has %d bytes".formatted(all.byteSize()));
            }
            long length = all.get(LITTLE_LONG, 0);
            if (length < 2 || length > LONGEST_HEADER || length > all.byteSize() - Long.BYTES) {
                throw broken(part, "its header claims %d bytes".formatted(length));
            }
            byte[] header = all.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment values = all.asSlice(Long.BYTES + length);
            JsonNode json = JSON.readTree(header);
            json.path("__metadata__")
                    .properties()
                    .forEach(item -> metadata.put(item.getKey(), item.getValue().asText()));
            entries(part, json, values)
                    .forEach((name, entry) -> {
                        entries.put(name, entry);
                        data.put(name, values.asSlice(entry.begin, entry.end - entry.begin));
                    });
        } catch (JsonProcessingException notJson) {
            throw broken(part, "its header is not JSON");
        }
    }

    static void copy(MemorySegment bytes, FileChannel channel) throws IOException {
        for (long from = 0; from < bytes.byteSize(); from += COPIED_AT_ONCE) {
            long length = Math.min(COPIED_AT_ONCE, bytes.byteSize() - from);
            AtomicFile.writeFully(channel, bytes.asSlice(from, length).asByteBuffer());
        }
    }

    static void describe(
            ObjectNode header,
            String name,
            Precision precision,
            List<Long> shape,
            long begin,
            long end) {
        ObjectNode entry = header.putObject(name).put("dtype", precision.name());
        shape.forEach(entry.putArray("shape")::add);
        entry.putArray("data_offsets").add(begin).add(end);
    }

    static void writeHeader(FileChannel channel, ObjectNode header) throws IOException {
        StringBuilder text = new StringBuilder(JSON.writeValueAsString(header));
        while (text.length() % 8 != 0) {
            text.append(' ');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES);
        length.order(ByteOrder.LITTLE_ENDIAN).putLong(0, bytes.length);
        AtomicFile.writeFully(channel, length);
        AtomicFile.writeFully(channel, ByteBuffer.wrap(bytes));
    }

    private static SequencedMap<String, Entry> entries(
            Path file, JsonNode header, MemorySegment data) throws IOException {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> item : header.properties()) {
            if (item.getKey().equals("__metadata__")) {
                continue;
            }
            JsonNode value = item.getValue();
            List<Long> shape = new ArrayList<>();
            value.path("shape").forEach(dimension -> shape.add(dimension.asLong()));
            Entry entry =
                    new Entry(
                            precision(file, item.getKey(), value.path("dtype").asText()),
                            shape,
                            value.path("data_offsets").path(0).asLong(-1),
                            value.path("data_offsets").path(1).asLong(-1));
            long bytes = entry.size() * entry.precision.bytes;
            if (entry.begin < 0
                    || entry.end > data.byteSize()
                    || entry.end - entry.begin != bytes) {
                throw broken(
                        file,
                        "tensor %s of shape %s claims bytes %d to %d of %d"
                                .formatted(
                                        item.getKey(),
                                        shape,
                                        entry.begin,
                                        entry.end,
                                        data.byteSize()));
            }
            entries.put(item.getKey(), entry);
        }
        return entries;
    }

    private static Precision precision(Path file, String name, String dtype) throws IOException {
        for (Precision known : Precision.values()) {
            if (known.name().equals(dtype)) {
                return known;
            }
        }
        throw broken(
                file,
                "tensor %s has dtype %s; F32, BF16 and F16 are supported".formatted(name, dtype));
    }

    private static IOException broken(Path file, String why) {
        return new IOException(
                "%s is not a safetensors file that can be read: %s; fetch or export it again"
                        .formatted(file, why));
    }

    /// Names and places, in the order of the header.
    public SequencedMap<String, Entry> entries() {
        return Collections.unmodifiableSequencedMap(entries);
    }

    /// What the writer noted about the file.
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /// Puts the tensor's values as floats into the target, which must have room for them.
    ///
    /// @throws UnsupportedModelException where there is no such tensor or its shape is another
    public void read(String name, List<Long> shape, FloatBuffer target) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new UnsupportedModelException(
                    "%s has no tensor %s; it has %s".formatted(file, name, entries.keySet()));
        }
        if (!entry.shape.equals(shape)) {
            throw new UnsupportedModelException(
                    "tensor %s of %s has shape %s but config.json means %s"
                            .formatted(name, file, entry.shape, shape));
        }
        FloatValues.decode(bytes(name), entry.precision, target);
    }

    /// The tensor's values as they are stored; of a tensor that is there.
    MemorySegment bytes(String name) {
        return Objects.requireNonNull(data.get(name));
    }

    /// The tensor's values as floats.
    public float[] floats(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new UnsupportedModelException(
                    "%s has no tensor %s; it has %s".formatted(file, name, entries.keySet()));
        }
        float[] values = new float[Math.toIntExact(entry.size())];
        read(name, entry.shape, FloatBuffer.wrap(values));
        return values;
    }

    /// Writes a file whole or not at all.
    ///
    /// @param metadata noted in the header; Hugging Face readers want `format` = `pt`, always added
    public static void write(
            Path file,
            SequencedMap<String, Tensor> tensors,
            Precision precision,
            Map<String, String> metadata)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode notes = header.putObject("__metadata__").put("format", "pt");
        metadata.forEach(notes::put);
        long offset = 0;
        for (Map.Entry<String, Tensor> item : tensors.entrySet()) {
            Tensor tensor = item.getValue();
            long end = offset + (long) tensor.values.remaining() * precision.bytes;
            describe(header, item.getKey(), precision, tensor.shape, offset, end);
            offset = end;
        }
        AtomicFile.write(
                file,
                channel -> {
                    writeHeader(channel, header);
                    for (Tensor tensor : tensors.values()) {
                        AtomicFile.writeFully(
                                channel, FloatValues.encode(tensor.values, precision));
                    }
                });
    }

    @Override
    public void close() {
        arena.close();
    }
}
