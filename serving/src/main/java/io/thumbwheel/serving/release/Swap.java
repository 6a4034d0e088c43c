package io.thumbwheel.serving.release;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.SwapReport.ReleaseApplied;
import io.thumbwheel.schemas.event.SwapReport.ReleaseRefused;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.journal.Journal;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Carries rollouts out: a new release never replaces, it is loaded and checked beside what serves,
/// then one reference flips. Streams keep the release that began them; requests after the flip take
/// the new one; nobody waits. A release that is refused changes nothing.
@Singleton
final class Swap {
    private static final Logger LOG = Logger.getLogger(Swap.class);

    private final Residency residency;
    private final ReleaseStore store;
    private final Journal journal;
    private final Clock clock;
    private final String replica;
    private final Timer loadTime;
    private final Timer flipTime;
    private final MeterRegistry metrics;
    private final AtomicReference<@Nullable Seen> pending = new AtomicReference<>();

    private volatile @Nullable Standing standing;
    private volatile @Nullable String lastRefusal;

    Swap(
            Residency residency,
            ReleaseStore store,
            Journal journal,
            Clock clock,
            ServingConfig config,
            MeterRegistry metrics) {
        this.residency = residency;
        this.store = store;
        this.journal = journal;
        this.clock = clock;
        this.replica = config.replica();
        this.metrics = metrics;
        this.loadTime = metrics.timer("thumbwheel.swap.load");
        this.flipTime = metrics.timer("thumbwheel.swap.flip");
    }

    /// A rollout, and when it was seen.
    private record Seen(RolloutState state, long nanos) {}

    /// What serves now, if anything does.
    Optional<Standing> standing() {
        return Optional.ofNullable(standing);
    }

    /// Why the last release was refused, if the last rollout has one that was.
    Optional<String> lastRefusal() {
        return Optional.ofNullable(lastRefusal);
    }

    /// Carries the rollout out as soon as the loading thread is free; of several that wait only the
    /// last counts.
    void to(RolloutState state) {
        if (pending.getAndSet(new Seen(state, System.nanoTime())) == null) {
            try {
                residency.onLoadingThread(this::carryOut);
            } catch (RejectedExecutionException e) {
                pending.set(null);
                LOG.errorf("cannot carry out rollout %d: %s", state.revision(), e.getMessage());
            }
        }
    }

    private void carryOut() {
        Seen seen = pending.getAndSet(null);
        if (seen == null) {
            return;
        }
        RolloutDecision decision = seen.state().decision();
        Standing before = standing;
        if (decision == null || before != null && before.revision() == seen.state().revision()) {
            return;
        }
        lastRefusal = null;

        // 1. Load beside.
        Resident primary = hold(decision.primary());
        if (primary == null && before == null) {
            primary = nearestAncestor(decision.primary());
        }
        if (primary == null) {
            return;
        }
        Resident canary = holdShare(decision.canary(), decision.canaryShare());
        Resident holdOut = holdShare(decision.holdOut(), decision.holdOutShare());
        store.first().ifPresent(this::hold);

        // 2. Flip.
        Standing after =
                new Standing(
                        seen.state().revision(),
                        primary,
                        canary,
                        decision.canaryShare(),
                        holdOut,
                        decision.holdOutShare());
        long start = System.nanoTime();
        standing = after;
        long flipped = System.nanoTime();

        // 3. Tell, and let go of what nobody needs.
        tell(before, after, seen.nanos(), start, flipped);
        Set<String> kept = new HashSet<>(after.ids());
        store.first().ifPresent(kept::add);
        residency.keep(kept);
    }

    /// After a start with a damaged release an older answer is better than none.
    private @Nullable Resident nearestAncestor(String id) {
        for (String ancestor : store.ancestors(id)) {
            Resident resident = hold(ancestor);
            if (resident != null) {
                LOG.errorf("release %s serves instead of %s", ancestor, id);
                return resident;
            }
        }
        return null;
    }

    private @Nullable Resident holdShare(@Nullable String id, double share) {
        return id == null || share == 0 ? null : hold(id);
    }

    private @Nullable Resident hold(String id) {
        try {
            return residency.hold(id);
        } catch (ReleaseRefusedException e) {
            refuse(id, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.errorf(e, "release %s could not be loaded", id);
            refuse(id, "release %s could not be loaded: %s".formatted(id, e));
        }
        return null;
    }

    private void refuse(String id, String reason) {
        lastRefusal = reason;
        metrics.counter("thumbwheel.swaps", "outcome", "refused").increment();
        LOG.errorf(
                "refused: %s; %s",
                reason,
                standing()
                        .map(now -> "release %s keeps serving".formatted(now.primary().id()))
                        .orElse("no release serves"));
        journal.report(new ReleaseRefused(replica, clock.instant(), id, reason));
    }

    private void tell(
            @Nullable Standing before, Standing after, long seen, long start, long flipped) {
        Duration load = Duration.ofNanos(start - seen);
        double flipMicros = (flipped - start) / 1e3;
        loadTime.record(load);
        flipTime.record(flipped - start, TimeUnit.NANOSECONDS);
        metrics.counter("thumbwheel.swaps", "outcome", "applied").increment();
        LOG.infof(
                "rollout %d: release %s serves; ready after %d ms, flipped in %.1f us",
                after.revision(), after.primary().id(), load.toMillis(), flipMicros);
        Set<String> fresh = new HashSet<>(after.ids());
        if (before != null) {
            fresh.removeAll(before.ids());
            if (!before.primary().id().equals(after.primary().id())) {
                fresh.add(after.primary().id());
            }
        }
        for (String id : fresh) {
            journal.report(
                    new ReleaseApplied(replica, clock.instant(), id, load.toMillis(), flipMicros));
        }
    }
}
