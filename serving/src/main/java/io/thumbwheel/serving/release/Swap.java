package io.thumbwheel.serving.release;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.SwapReport.ReleaseApplied;
import io.thumbwheel.schemas.event.SwapReport.ReleaseRefused;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.ServingConfig.Residence.WhenFull;
import io.thumbwheel.serving.journal.Journal;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Carries rollouts out: a new release never replaces, it is loaded and checked beside what serves,
/// then one reference flips. One whose releases are all in memory flips at once, whatever else is
/// being loaded: a rollback does not wait. Streams keep the release that began them; requests after
/// the flip take the new one; nobody waits. A release that is refused changes nothing.
@Singleton
final class Swap {
    private static final Logger LOG = Logger.getLogger(Swap.class);

    private final Residency residency;
    private final ReleaseStore store;
    private final Journal journal;
    private final Clock clock;
    private final String replica;
    private final WhenFull whenFull;
    private final Duration drain;
    private final Timer loadTime;
    private final Timer flipTime;
    private final MeterRegistry metrics;
    private final AtomicReference<@Nullable Seen> pending = new AtomicReference<>();

    private final AtomicLong orders = new AtomicLong();
    private long flipped; // under this: the order of the rollout that stands
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
        this.whenFull = config.residence().whenFull();
        this.drain = config.queue().drain();
        this.metrics = metrics;
        this.loadTime = metrics.timer("thumbwheel.swap.load");
        this.flipTime = metrics.timer("thumbwheel.swap.flip");
    }

    /// A rollout, its place among those that came, and when it was seen.
    private record Seen(RolloutState state, RolloutDecision decision, long order, long nanos) {
        /// Ids of the releases that it needs.
        Set<String> ids() {
            Set<String> ids = new HashSet<>(Set.of(decision.primary()));
            if (decision.canary() != null && decision.canaryShare() > 0) {
                ids.add(decision.canary());
            }
            if (decision.holdOut() != null && decision.holdOutShare() > 0) {
                ids.add(decision.holdOut());
            }
            return ids;
        }
    }

    /// What serves now, if anything does.
    Optional<Standing> standing() {
        return Optional.ofNullable(standing);
    }

    /// Why the last release was refused, if the last rollout has one that was.
    Optional<String> lastRefusal() {
        return Optional.ofNullable(lastRefusal);
    }

    /// Carries the rollout out: at once where its releases are in memory, else as soon as the
    /// loading thread is free; of several that wait only the last counts.
    void to(RolloutState state) {
        RolloutDecision decision = state.decision();
        if (decision == null) {
            return;
        }
        Seen seen = new Seen(state, decision, orders.incrementAndGet(), System.nanoTime());
        if (flipInMemory(seen)) {
            return;
        }
        if (pending.getAndSet(seen) == null) {
            try {
                residency.onLoadingThread(this::carryOut);
            } catch (RejectedExecutionException e) {
                pending.set(null);
                LOG.errorf("cannot carry out rollout %d: %s", state.revision(), e.getMessage());
            }
        }
    }

    /// Claims and flips in one, so that what was claimed is not let go between.
    private synchronized boolean flipInMemory(Seen seen) {
        if (!residency.claim(seen.ids())) {
            return false;
        }
        Resident primary = residency.find(seen.decision().primary()).orElse(null);
        if (primary != null) {
            lastRefusal = null;
            flip(seen, primary, shareInMemory(seen, true), shareInMemory(seen, false));
        }
        return primary != null;
    }

    private @Nullable Resident shareInMemory(Seen seen, boolean canary) {
        RolloutDecision decision = seen.decision();
        String id = canary ? decision.canary() : decision.holdOut();
        double share = canary ? decision.canaryShare() : decision.holdOutShare();
        return id == null || share == 0 ? null : residency.find(id).orElse(null);
    }

    private void carryOut() {
        Seen seen = pending.getAndSet(null);
        if (seen == null || outdated(seen)) {
            return;
        }
        RolloutDecision decision = seen.decision();
        lastRefusal = null;

        // 1. Load beside.
        Resident primary = hold(decision.primary(), standing);
        if (primary == null && standing == null) {
            primary = nearestAncestor(decision.primary());
        }
        if (primary == null) {
            return;
        }
        Resident canary = holdShare(decision.canary(), decision.canaryShare());
        Resident holdOut = holdShare(decision.holdOut(), decision.holdOutShare());
        store.first().ifPresent(this::holdFirst);

        // 2. Flip.
        flip(seen, primary, canary, holdOut);
    }

    /// Whether a later rollout serves already, or this one does.
    private synchronized boolean outdated(Seen seen) {
        Standing now = standing;
        return seen.order() < flipped || now != null && now.revision() == seen.state().revision();
    }

    /// One at a time, and none after a later one: what is flipped to is kept from then on.
    private synchronized void flip(
            Seen seen, Resident primary, @Nullable Resident canary, @Nullable Resident holdOut) {
        if (outdated(seen)) {
            return;
        }
        RolloutDecision decision = seen.decision();
        Standing before = standing;
        Standing after =
                new Standing(
                        seen.state().revision(),
                        primary,
                        canary,
                        decision.canaryShare(),
                        holdOut,
                        decision.holdOutShare());
        flipped = seen.order();
        long start = System.nanoTime();
        standing = after;
        long end = System.nanoTime();

        // Tell, and let go of what nobody needs.
        tell(before, after, seen.nanos(), start, end);
        Set<String> kept = new HashSet<>(after.ids());
        store.first().ifPresent(kept::add);
        residency.keep(kept);
    }

    /// Lets go what serves, since both do not fit; requests get 503 meanwhile. Where the new one is
    /// refused the old ones come back.
    private @Nullable Resident holdInsteadOf(Standing before, String id) {
        LOG.warnf("no answers until release %s is loaded (serving.residence.when-full)", id);
        if (!residency.awaitGone(letGo(), drain)) {
            LOG.error("a release that was let go is still in use");
        }
        Resident primary = hold(id);
        if (primary == null) {
            Resident old = hold(before.primary().id());
            if (old != null) {
                comeBack(before, old, again(before.canary()), again(before.holdOut()));
            }
        }
        return primary;
    }

    /// In one, so that nobody flips to what is let go.
    private synchronized List<Resident> letGo() {
        standing = null;
        return residency.letGo();
    }

    private synchronized void comeBack(
            Standing before, Resident old, @Nullable Resident canary, @Nullable Resident holdOut) {
        if (standing == null) {
            standing =
                    new Standing(
                            before.revision(),
                            old,
                            canary,
                            before.canaryShare(),
                            holdOut,
                            before.holdOutShare());
            residency.keep(standing.ids());
        }
    }

    private @Nullable Resident again(@Nullable Resident gone) {
        return gone == null ? null : hold(gone.id());
    }

    /// The first release is held for comparisons, where there is room for it.
    private void holdFirst(String id) {
        try {
            residency.hold(id);
        } catch (NoRoomException e) {
            LOG.infof("%s; it is loaded when it is asked for", e.getMessage());
        } catch (ReleaseRefusedException | RuntimeException e) {
            refuse(id, String.valueOf(e.getMessage()));
        }
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
        return hold(id, null);
    }

    /// @param insteadOf what may be let go for it where there is no room and the configuration says
    ///   so
    private @Nullable Resident hold(String id, @Nullable Standing insteadOf) {
        try {
            Resident held = residency.hold(id);
            residency.claim(Set.of(id)); // or what is held next may push it out
            return held;
        } catch (NoRoomException e) {
            if (insteadOf != null && whenFull == WhenFull.DRAIN_THEN_LOAD) {
                return holdInsteadOf(insteadOf, id);
            }
            refuse(id, String.valueOf(e.getMessage()));
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

    private void tell(@Nullable Standing before, Standing after, long seen, long start, long end) {
        Duration load = Duration.ofNanos(start - seen);
        double flipMicros = (end - start) / 1e3;
        loadTime.record(load);
        flipTime.record(end - start, TimeUnit.NANOSECONDS);
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
