package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.trainer.store.Lineage;
import io.thumbwheel.trainer.store.Publisher;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/// Fixes what a run will do from what was asked and how things stand.
public final class RunPlan {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Dataset dataset;
    private final ReleaseStore store;
    private final Publisher publisher;
    private final Clock clock;
    private final int attempts;
    private final RandomGenerator random = new SecureRandom();

    /// @param attempts how often a run is begun before it counts as failed
    public RunPlan(
            Dataset dataset, ReleaseStore store, Publisher publisher, Clock clock, int attempts) {
        this.dataset = dataset;
        this.store = store;
        this.publisher = publisher;
        this.clock = clock;
        this.attempts = attempts;
    }

    int attempts() {
        return attempts;
    }

    /// @throws RefreshConflictException where there is no release yet, or data is asked for that
    ///   has not been read yet
    RunSpec specOf(RefreshRequest request) throws IOException {
        ReleaseManifest reference =
                store.reference()
                        .orElseThrow(() ->
                                new RefreshConflictException(
                                        "the store has no release r0: import a policy with `trainer import DIR`"));
        String primary =
                publisher
                        .state()
                        .primary()
                        .orElseThrow(() ->
                                new RefreshConflictException(
                                        "no release serves yet: decide on one with POST /v1/rollout"));
        ReleaseManifest serving =
                store.find(primary)
                        .orElseThrow(() ->
                                new RefreshConflictException(
                                        "the primary %s is not in the store: check THUMBWHEEL_RELEASES"
                                                .formatted(primary)));
        Offsets until = untilOf(request);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        DatasetSnapshot data = dataset.snapshot(until);
        String coefficient = serving.lineage().get(Lineage.KL_COEFFICIENT);
        return new RunSpec(
                "run-%s-%08x".formatted(STAMP.format(now), random.nextInt()),
                request.trigger(),
                now,
                request.seed().orElseGet(() -> random.nextLong() >>> 16),
                ordinal(),
                coefficient == null ? null : Double.valueOf(coefficient),
                reference.id(),
                serving.id(),
                until,
                data.hash(),
                dataset.counts(until).bySplit(),
                request.config());
    }

    private Offsets untilOf(RefreshRequest request) {
        Offsets read = dataset.offsets();
        Offsets until = read;
        for (Map.Entry<Topics, SortedMap<Integer, Long>> limit : request.limits().entrySet()) {
            Optional<String> lacking = read.lacking(limit.getKey(), limit.getValue());
            if (lacking.isPresent()) {
                throw new RefreshConflictException(
                        "not all of %s has arrived: %s; wait until GET /v1/dataset shows it"
                                .formatted(limit.getKey().topic(), lacking.get()));
            }
            until = until.limited(limit.getKey(), limit.getValue());
        }
        return until;
    }

    /// Refreshes that made a release, plus this one.
    private int ordinal() throws IOException {
        return 1
                + Math.toIntExact(
                        store.list().stream()
                                .filter(release -> release.lineage().containsKey(Lineage.RUN))
                                .count());
    }
}
