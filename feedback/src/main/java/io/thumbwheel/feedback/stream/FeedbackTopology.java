package io.thumbwheel.feedback.stream;

import io.thumbwheel.schemas.event.Topics;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/// The topology: completions and feedback, both by route, meet in one processor; examples and dead
/// letters go out from there, prompts by way of their digests.
public final class FeedbackTopology {
    /// Store of the newest [io.thumbwheel.schemas.event.RaterTrust] of every rater.
    static final String RATERS = "raters";

    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private FeedbackTopology() {}

    /// Builds it.
    public static Topology build(StreamLimits limits, StreamCounts counts) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], Output> joined =
                builder.stream(
                                List.of(Topics.COMPLETIONS.topic(), Topics.FEEDBACK.topic()),
                                Consumed.with(BYTES, BYTES).withName("events"))
                        .process(JoinProcessor.supplier(limits, counts), Named.as("join"));
        Serde<Output> bodies =
                Serdes.serdeFrom(
                        (_, output) -> output.body(),
                        (_, _) -> {
                            throw new IllegalStateException("outputs are never read back");
                        });

        joined.filterNot((_, output) -> isPrompt(output), Named.as("settled"))
                .to((_, output, _) -> output.topic(), Produced.with(BYTES, bodies));
        joined.filter((_, output) -> isPrompt(output), Named.as("prompts"))
                .mapValues(Output::body, Named.as("prompt-bodies"))
                .repartition(
                        Repartitioned.<byte[], byte[]>as("prompts")
                                .withKeySerde(BYTES)
                                .withValueSerde(BYTES)
                                .withStreamPartitioner(FirstPrompt.partitioner())
                                .withNumberOfPartitions(Topics.PROMPTS.partitions()))
                .process(FirstPrompt.supplier(), Named.as("first-prompt"))
                .to(Topics.PROMPTS.topic(), Produced.with(BYTES, BYTES));
        builder.globalTable(
                Topics.RATERS.topic(),
                Consumed.with(Serdes.String(), BYTES),
                Materialized.as(RATERS));
        return builder.build();
    }

    private static boolean isPrompt(Output output) {
        return output.topic().equals(Topics.PROMPTS.topic());
    }
}
