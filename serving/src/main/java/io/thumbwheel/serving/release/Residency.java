package io.thumbwheel.serving.release;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.metrics.ReleaseMetrics;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// The releases in memory, and the one thread that loads them: of low priority, so that answers in
/// the making go on. Owns every resident's policy until it is evicted; streams on it hold leases
/// and finish.
///
/// Those that stand in the rollout and r0 stay; besides them the few that were used last.
@Singleton
final class Residency {
    private static final Logger LOG = Logger.getLogger(Residency.class);
    private static final int MOST_LOADS_WAITING = 64;

    /// An answer that is cut off ends within a step.
    private static final Duration CUT = Duration.ofSeconds(10);

    private final ReleaseLoader loader;
    private final int onDemand;
    private final ReleaseMetrics figures;
    private final ThreadPoolExecutor loading;

    /// Guarded by this; the one used longest ago first.
    private final Map<String, Resident> residents = new LinkedHashMap<>(16, 0.75f, true);

    /// Guarded by this.
    private final Map<String, CompletableFuture<Resident>> underWay = new HashMap<>();

    /// Guarded by this.
    private Set<String> standing = Set.of();

    Residency(
            ReleaseLoader loader,
            ServingConfig config,
            ReleaseMetrics figures,
            MeterRegistry metrics) {
        this.loader = loader;
        this.figures = figures;
        this.onDemand = config.residence().onDemand();
        this.loading =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MOST_LOADS_WAITING),
                        work -> {
                            Thread thread = new Thread(work, "release-loading");
                            thread.setDaemon(true);
                            thread.setPriority(Thread.MIN_PRIORITY);
                            return thread;
                        });
        Gauge.builder("thumbwheel.releases.resident", this, Residency::count).register(metrics);
        for (Precision precision : Precision.values()) {
            Gauge.builder("thumbwheel.releases.precision", () -> count(precision))
                    .tag("precision", precision.label())
                    .register(metrics);
        }
    }

    /// Runs on the loading thread, after what was asked for before.
    ///
    /// @throws RejectedExecutionException where too much waits already
    void onLoadingThread(Runnable work) {
        loading.execute(work);
    }

    /// The release where it is in memory.
    synchronized Optional<Resident> find(String id) {
        return Optional.ofNullable(residents.get(id));
    }

    /// The release, loaded on the loading thread where it is not in memory; requests for one
    /// release share its load.
    synchronized CompletableFuture<Resident> require(String id) {
        Resident resident = residents.get(id);
        if (resident != null) {
            return CompletableFuture.completedFuture(resident);
        }
        CompletableFuture<Resident> running = underWay.get(id);
        if (running != null) {
            return running.copy();
        }
        CompletableFuture<Resident> load = new CompletableFuture<>();
        loading.execute(() -> complete(id, load));
        underWay.put(id, load);
        return load.copy();
    }

    private void complete(String id, CompletableFuture<Resident> load) {
        try {
            load.complete(hold(id));
        } catch (ReleaseRefusedException | RuntimeException e) {
            load.completeExceptionally(e);
        } finally {
            synchronized (this) {
                underWay.remove(id);
            }
            evict(onDemand);
        }
    }

    /// The release, loaded in this thread where it is not in memory. On the loading thread only.
    Resident hold(String id) throws ReleaseRefusedException {
        Optional<Resident> there = find(id);
        if (there.isPresent()) {
            return there.get();
        }
        Resident loaded;
        try {
            loaded = loader.load(id);
        } catch (NoRoomException e) {
            // Those on demand are a convenience: without them there may be room.
            if (!evict(0)) {
                throw e;
            }
            loaded = loader.load(id);
        }
        figures.loaded(loaded.policy());
        synchronized (this) {
            residents.put(id, loaded);
        }
        return loaded;
    }

    /// Keeps these, too, where all of them are in memory.
    ///
    /// @return whether they are
    synchronized boolean claim(Set<String> ids) {
        if (!residents.keySet().containsAll(ids)) {
            return false;
        }
        Set<String> all = new HashSet<>(standing);
        all.addAll(ids);
        standing = Set.copyOf(all);
        return true;
    }

    /// Keeps these for good, and of the others those used last; the rest is let go.
    void keep(Set<String> ids) {
        synchronized (this) {
            standing = Set.copyOf(ids);
        }
        evict(onDemand);
    }

    /// Lets go those that do not stand, but for some that were used last.
    ///
    /// @return whether any was
    private boolean evict(int others) {
        List<Resident> gone = new ArrayList<>();
        synchronized (this) {
            List<Resident> unneeded =
                    residents.values().stream()
                            .filter(resident -> !standing.contains(resident.id()))
                            .toList();
            for (Resident oldest : unneeded.subList(0, Math.max(0, unneeded.size() - others))) {
                residents.remove(oldest.id());
                gone.add(oldest);
            }
        }
        for (Resident resident : gone) {
            figures.left(resident.id());
            resident.policy().close();
            LOG.infof("release %s leaves memory when its last stream ends", resident.id());
        }
        return !gone.isEmpty();
    }

    /// Lets everything go, so that one more fits.
    ///
    /// @return what still has to end
    List<Resident> letGo() {
        List<Resident> all;
        synchronized (this) {
            standing = Set.of();
            all = List.copyOf(residents.values());
        }
        evict(0);
        return all;
    }

    /// Waits until releases that were let go are gone. Answers in the making may finish for so
    /// long; then they are cut off. On the loading thread only.
    ///
    /// @return whether all are gone
    boolean awaitGone(List<Resident> all, Duration patience) {
        if (!awaitClosed(all, patience)) {
            all.forEach(resident -> resident.policy().cut());
        }
        return awaitClosed(all, CUT);
    }

    private static boolean awaitClosed(List<Resident> all, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (!all.stream().allMatch(resident -> resident.policy().gone())) {
                if (System.nanoTime() > end) {
                    return false;
                }
                Thread.sleep(10);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Ids of all in memory, the one used longest ago first.
    synchronized List<String> ids() {
        return List.copyOf(residents.keySet());
    }

    private synchronized long count(Precision precision) {
        return residents.values().stream()
                .filter(resident -> resident.precision() == precision)
                .count();
    }

    private synchronized int count() {
        return residents.size();
    }

    /// Lets everything go.
    void close() {
        loading.shutdownNow();
        try {
            if (!loading.awaitTermination(
                    Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a release is still loading; the process ends with it");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        List<Resident> all;
        synchronized (this) {
            all = List.copyOf(residents.values());
            residents.clear();
        }
        all.forEach(resident -> resident.policy().close());
    }
}
