package io.thumbwheel.feedback.stream;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.SwapReport;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.TrainingProgress;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/// Reads records of completions and feedback, hands them to the [Join], and sends what comes of
/// them, what cannot be read as a dead letter with the reason in header `reason`.
@SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
final class JoinProcessor implements Processor<byte[], byte[], byte[], Output> {
    private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);

    /// Whoever said something longer ago than this is not waiting to see it.
    private static final long JUST_NOW_MILLIS = 2_000;

    private final StreamLimits limits;
    private final StreamCounts counts;
    private ProcessorContext<byte[], Output> context;
    private Ledger ledger;
    private Join join;
    private boolean someoneWaits;
    private long committedAt;

    private JoinProcessor(StreamLimits limits, StreamCounts counts) {
        this.limits = limits;
        this.counts = counts;
    }

    static ProcessorSupplier<byte[], byte[], byte[], Output> supplier(
            StreamLimits limits, StreamCounts counts) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], Output> get() {
                return new JoinProcessor(limits, counts);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(Ledger.store());
            }
        };
    }

    @Override
    public void init(ProcessorContext<byte[], Output> initialised) {
        context = initialised;
        ledger = new Ledger(context);
        join = new Join(ledger, this::send, counts);
        counts.waiting(context.taskId(), ledger.waiting());
        context.schedule(SWEEP_INTERVAL, PunctuationType.STREAM_TIME, this::sweep);
        context.schedule(
                limits.visibleWithin(), PunctuationType.WALL_CLOCK_TIME, this::commitIfDue);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        var metadata = context.recordMetadata().orElseThrow();
        try {
            if (record.value() == null) {
                throw new IllegalArgumentException("the record has no body");
            }
            Event event = EventCodec.decode(record.value());
            switch (event) {
                case CompletionServed served -> completion(served);
                case FeedbackGiven feedback -> feedback(feedback, metadata.offset());
                case RaterForgotten forgotten -> forget(forgotten);
                case Example _,
                        PromptSeen _,
                        RaterTrust _,
                        RolloutDecision _,
                        SwapReport _,
                        TrainingProgress _ ->
                        throw new IllegalArgumentException(
                                "neither a completion nor feedback: "
                                        + event.getClass().getSimpleName());
            }
            counts.waiting(context.taskId(), ledger.waiting());
        } catch (UnreadableEventException | IllegalArgumentException e) {
            bury(record, metadata.topic(), String.valueOf(e.getMessage()));
        }
        long now = context.currentSystemTimeMs();
        someoneWaits |= now - record.timestamp() < JUST_NOW_MILLIS;
        commitIfDue(now);
    }

    /// A commit is a round trip that all tasks wait for: [StreamSettings] has them seldom, and this
    /// asks for one where somebody waits.
    private void commitIfDue(long now) {
        if (someoneWaits && now - committedAt >= limits.visibleWithin().toMillis()) {
            context.commit();
            someoneWaits = false;
            committedAt = now;
        }
    }

    private void completion(CompletionServed served) {
        boolean isNew = join.completion(served);
        if (isNew
                && served.consent()
                && !ledger.isForgotten(served.user(), served.id())
                && ledger.maySeePrompt(served.user(), limits.promptsPerUser())) {
            PromptSeen seen = PromptSeen.of(served);
            forward(
                    Topics.PROMPTS,
                    seen.key(),
                    EventCodec.encode(seen),
                    FirstPrompt.owner(served.user(), served.at()));
        }
    }

    /// What a person said and asked goes, their trust too.
    private void forget(RaterForgotten forgotten) {
        join.forget(forgotten);
        forward(Topics.RATERS, forgotten.rater(), null, new RecordHeaders());
        forward(
                Topics.PROMPTS,
                FirstPrompt.FORGET,
                null,
                FirstPrompt.owner(forgotten.rater(), forgotten.at()));
    }

    private void feedback(FeedbackGiven feedback, long offset) {
        join.feedback(feedback, offset);
    }

    private void send(Event event) {
        Topics topic =
                switch (event) {
                    case Example _ -> Topics.EXAMPLES;
                    case CompletionServed _,
                            FeedbackGiven _,
                            PromptSeen _,
                            RaterForgotten _,
                            RaterTrust _,
                            RolloutDecision _,
                            SwapReport _,
                            TrainingProgress _ ->
                            throw new IllegalStateException("the join does not write " + event);
                };
        forward(topic, event.key(), EventCodec.encode(event), new RecordHeaders());
    }

    private void forward(Topics topic, String key, byte @Nullable [] body, Headers headers) {
        context.forward(
                new Record<>(
                        key.getBytes(StandardCharsets.UTF_8),
                        new Output(topic.topic(), body),
                        context.currentStreamTimeMs(),
                        headers));
    }

    private void bury(Record<byte[], byte[]> record, String topic, String reason) {
        counts.dead(topic);
        Topics grave =
                topic.equals(Topics.COMPLETIONS.topic())
                        ? Topics.COMPLETIONS_DEAD
                        : Topics.FEEDBACK_DEAD;
        context.forward(
                new Record<>(
                        record.key(),
                        new Output(grave.topic(), record.value()),
                        record.timestamp(),
                        new RecordHeaders()
                                .add("reason", reason.getBytes(StandardCharsets.UTF_8))));
    }

    private void sweep(long streamTime) {
        counts.evicted(
                ledger.forget(
                        streamTime - limits.completionsKept().toMillis(),
                        streamTime - limits.feedbackKept().toMillis()));
        counts.waiting(context.taskId(), ledger.waiting());
    }

    @Override
    public void close() {
        counts.left(context.taskId());
    }
}
