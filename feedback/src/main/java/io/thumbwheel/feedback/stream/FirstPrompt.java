package io.thumbwheel.feedback.stream;

import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Lets each prompt through once, by its digest: it belongs to whoever asked it first, and stays in
/// that person's split.
@SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
final class FirstPrompt implements Processor<byte[], byte[], byte[], byte[]> {
    private static final String PROMPTS = "prompts";

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], Integer> seen;

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
                                Serdes.Integer()));
            }
        };
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> initialised) {
        context = initialised;
        seen = context.getStateStore(PROMPTS);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (seen.putIfAbsent(record.key(), 1) == null) {
            context.forward(record);
        }
    }
}
