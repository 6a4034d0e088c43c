package io.thumbwheel.feedback.stream;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Lets each prompt through once, by its digest: it belongs to whoever asked it first, and stays in
/// that person's split. Takes a person's prompts back when they are forgotten, which every
/// partition is told.
@SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
final class FirstPrompt implements Processor<byte[], byte[], byte[], byte[]> {
    /// Key of the record that says whom to forget; no digest looks like it.
    static final String FORGET = "forget";

    private static final String PROMPTS = "prompts";
    private static final String OWNER = "owner";

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], byte[]> seen;

    static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier() {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new FirstPrompt();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(PROMPTS),
                                Serdes.ByteArray(),
                                Serdes.ByteArray()));
            }
        };
    }

    /// Prompts by their digest, the word to forget to all.
    static StreamPartitioner<byte[], byte[]> partitioner() {
        return (_, key, _, partitions) ->
                isForget(key)
                        ? Optional.of(
                                IntStream.range(0, partitions).boxed().collect(Collectors.toSet()))
                        : Optional.empty();
    }

    /// Whose prompt it is and when it was asked, or who is forgotten and when.
    static Headers owner(String person, Instant at) {
        return new RecordHeaders()
                .add(OWNER, (person + " " + at.toEpochMilli()).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> initialised) {
        context = initialised;
        seen = context.getStateStore(PROMPTS);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Header owner = record.headers().lastHeader(OWNER);
        byte[] value = owner == null ? new byte[0] : owner.value();
        if (isForget(record.key())) {
            forget(new String(value, StandardCharsets.UTF_8), record);
        } else if (seen.putIfAbsent(record.key(), value) == null) {
            context.forward(record.withHeaders(new RecordHeaders()));
        }
    }

    private void forget(String forgotten, Record<byte[], byte[]> cause) {
        List<byte[]> digests = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> all = seen.all()) {
            all.forEachRemaining(prompt -> {
                if (isBefore(new String(prompt.value, StandardCharsets.UTF_8), forgotten)) {
                    digests.add(prompt.key);
                }
            });
        }
        for (byte[] digest : digests) {
            seen.delete(digest);
            context.forward(new Record<>(digest, null, cause.timestamp()));
        }
    }

    /// Whether both say the same person, and the first not a later time.
    private static boolean isBefore(String owner, String forgotten) {
        int space = forgotten.indexOf(' ') + 1;
        return owner.startsWith(forgotten.substring(0, space))
                && Long.parseLong(owner.substring(space))
                        <= Long.parseLong(forgotten.substring(space));
    }

    private static boolean isForget(byte[] key) {
        return Arrays.equals(key, FORGET.getBytes(StandardCharsets.UTF_8));
    }
}
