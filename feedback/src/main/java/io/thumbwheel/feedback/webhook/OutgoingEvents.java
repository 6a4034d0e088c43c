package io.thumbwheel.feedback.webhook;

import io.thumbwheel.feedback.webhook.OutgoingEvent.Kind;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.SwapReport;
import io.thumbwheel.schemas.event.TrainingProgress;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Finds in the log what others are told.
///
/// A release is rolled back where the primary goes to one of a lower sequence number, and promoted
/// where it goes to a higher one. A rater's feedback is quarantined where the trust in them says so
/// and did not before, as far as this process has seen.
final class OutgoingEvents {
    private static final Pattern RELEASE = Pattern.compile("r(\\d+)-[0-9a-f]+");
    private static final int REMEMBERED = 10_000;

    private final LongFunction<RolloutState> stateBefore;
    private final Map<String, Boolean> quarantined =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    /// @param stateBefore the rollout in force before an offset of the releases topic
    OutgoingEvents(LongFunction<RolloutState> stateBefore) {
        this.stateBefore = stateBefore;
    }

    /// What a record has to tell.
    Optional<OutgoingEvent> of(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        String id =
                "%s_%d_%d"
                        .formatted(
                                record.topic().replace('.', '_'),
                                record.partition(),
                                record.offset());
        try {
            Event event = EventCodec.decode(record.value());
            return switch (event) {
                case RolloutDecision decision -> release(id, decision, record.offset());
                case TrainingProgress progress -> refusal(id, progress);
                case RaterTrust trust -> quarantine(id, trust);
                case CompletionServed _,
                        Example _,
                        FeedbackGiven _,
                        PromptSeen _,
                        RaterForgotten _,
                        SwapReport _ ->
                        Optional.empty();
            };
        } catch (UnreadableEventException _) {
            return Optional.empty();
        }
    }

    private Optional<OutgoingEvent> release(String id, RolloutDecision decision, long offset) {
        RolloutState before = stateBefore.apply(offset);
        String from = before.primary().orElse("");
        if (before.after(decision).equals(before)
                || from.isEmpty()
                || from.equals(decision.primary())) {
            return Optional.empty();
        }
        Kind kind =
                sequence(decision.primary()) < sequence(from)
                        ? Kind.RELEASE_ROLLED_BACK
                        : Kind.RELEASE_PROMOTED;
        return Optional.of(
                new OutgoingEvent(
                        id,
                        kind,
                        decision.at(),
                        Map.of(
                                "release", decision.primary(),
                                "previous", from,
                                "by", decision.by(),
                                "why", decision.why())));
    }

    private static long sequence(String release) {
        Matcher parts = RELEASE.matcher(release);
        return parts.matches() ? Long.parseLong(parts.group(1)) : 0;
    }

    private static Optional<OutgoingEvent> refusal(String id, TrainingProgress progress) {
        return progress.phase().equals("refused")
                ? Optional.of(
                        new OutgoingEvent(
                                id,
                                Kind.GATE_REFUSED,
                                progress.at(),
                                Map.of("run", progress.run(), "why", progress.note())))
                : Optional.empty();
    }

    private Optional<OutgoingEvent> quarantine(String id, RaterTrust trust) {
        Boolean before = quarantined.put(trust.rater(), trust.quarantined());
        return trust.quarantined() && (before == null || !before)
                ? Optional.of(
                        new OutgoingEvent(
                                id,
                                Kind.FEEDBACK_QUARANTINED,
                                trust.at(),
                                Map.of("rater", trust.rater(), "why", trust.why())))
                : Optional.empty();
    }
}
