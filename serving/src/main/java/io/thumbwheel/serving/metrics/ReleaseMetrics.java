package io.thumbwheel.serving.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.generation.PolicyHandle;
import jakarta.inject.Singleton;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The figures of every release in memory. When a release leaves, its series end, so there are
/// never more than releases that fit; what its last streams come to is counted for release `other`.
@Singleton
public final class ReleaseMetrics {
    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final Set<Naming> namings;
    private final Map<String, List<Series>> releases = new ConcurrentHashMap<>();
    private final List<Series> other;

    public ReleaseMetrics(MeterRegistry registry, ServingConfig config) {
        this.registry = registry;
        this.namings =
                config.metrics().vllmNames()
                        ? EnumSet.allOf(Naming.class)
                        : EnumSet.of(Naming.THUMBWHEEL);
        this.other = series(OTHER);
    }

    private List<Series> series(String release) {
        return namings.stream().map(naming -> new Series(registry, naming, release)).toList();
    }

    /// A release is in memory.
    public void loaded(PolicyHandle policy) {
        List<Series> fresh = series(policy.releaseId());
        fresh.forEach(one -> one.watch(policy));
        releases.put(policy.releaseId(), fresh);
    }

    /// A release leaves memory.
    public void left(String release) {
        List<Series> gone = releases.remove(release);
        if (gone != null) {
            gone.forEach(Series::close);
        }
    }

    /// A token of a choice was drawn.
    ///
    /// @param arrival when the request was taken in, nanoseconds of [System#nanoTime]
    /// @param prompt tokens of the prompt
    public void token(String release, GenerationTimes times, long arrival, int prompt) {
        for (Series one : of(release)) {
            one.token(times, arrival, prompt);
        }
    }

    /// A choice with at least one token has ended.
    public void times(String release, GenerationTimes times, long arrival) {
        for (Series one : of(release)) {
            one.times(times, arrival);
        }
    }

    /// A choice has ended.
    public void ended(String release, FinishReason reason) {
        for (Series one : of(release)) {
            one.ended(reason);
        }
    }

    private List<Series> of(String release) {
        return releases.getOrDefault(release, other);
    }
}
