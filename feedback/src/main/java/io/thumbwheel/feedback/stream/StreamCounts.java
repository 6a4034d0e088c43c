package io.thumbwheel.feedback.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.Example;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.TaskId;

/// What the stream has done since this process started. A replay after a crash counts again.
///
/// | metric | meaning |
/// |---|---|
/// | `thumbwheel_feedback_joined_total` | opinions that became examples |
/// | `thumbwheel_feedback_fruitless_total` | opinions that teach nothing: no consent, nothing to compare |
/// | `thumbwheel_feedback_duplicates_total` | completions and opinions that had come before |
/// | `thumbwheel_feedback_retractions_refused_total` | retractions of somebody else's opinion |
/// | `thumbwheel_feedback_examples_total{kind}` | examples written |
/// | `thumbwheel_feedback_dead_total{topic}` | records that could not be read |
/// | `thumbwheel_feedback_forgotten_total{what}` | completions, feedback and unmatched opinions that grew too old |
/// | `thumbwheel_feedback_deleted_total` | opinions that went because a person asked to be forgotten |
/// | `thumbwheel_feedback_waiting` | opinions whose completion has not come yet |
public final class StreamCounts {
    private final MeterRegistry registry;
    private final Counter joined;
    private final Counter fruitless;
    private final Counter duplicates;
    private final Counter refusedRetractions;
    private final Counter deleted;
    private final Map<String, Counter> examplesByKind = new ConcurrentHashMap<>();
    private final Map<TaskId, Long> waitingByTask = new ConcurrentHashMap<>();

    public StreamCounts(MeterRegistry registry) {
        this.registry = registry;
        joined = registry.counter("thumbwheel.feedback.joined");
        fruitless = registry.counter("thumbwheel.feedback.fruitless");
        duplicates = registry.counter("thumbwheel.feedback.duplicates");
        refusedRetractions = registry.counter("thumbwheel.feedback.retractions.refused");
        deleted = registry.counter("thumbwheel.feedback.deleted");
        registry.gauge("thumbwheel.feedback.waiting", this, StreamCounts::waiting);
    }

    void joined() {
        joined.increment();
    }

    void fruitless() {
        fruitless.increment();
    }

    void duplicate() {
        duplicates.increment();
    }

    void refusedRetraction() {
        refusedRetractions.increment();
    }

    void forgottenPerson(int opinions) {
        deleted.increment(opinions);
    }

    void evicted(Ledger.Evicted evicted) {
        evicted("completions", evicted.completions());
        evicted("feedback", evicted.feedback());
        evicted("unmatched", evicted.unmatched());
    }

    private void evicted(String what, int records) {
        registry.counter("thumbwheel.feedback.forgotten", "what", what).increment(records);
    }

    void dead(String topic) {
        registry.counter("thumbwheel.feedback.dead", "topic", topic).increment();
    }

    void example(Example example) {
        String kind =
                switch (example) {
                    case Example.Preference _ -> "preference";
                    case Example.Rated _ -> "rated";
                    case Example.Demonstration _ -> "demonstration";
                    case Example.Critique _ -> "critique";
                    case Example.Withdrawn _ -> "withdrawn";
                };
        examplesByKind
                .computeIfAbsent(
                        kind, _ -> registry.counter("thumbwheel.feedback.examples", "kind", kind))
                .increment();
    }

    void waiting(TaskId task, long waiting) {
        waitingByTask.put(task, waiting);
    }

    void left(TaskId task) {
        waitingByTask.remove(task);
    }

    private double waiting() {
        return waitingByTask.values().stream().mapToLong(Long::longValue).sum();
    }
}
