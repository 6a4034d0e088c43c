package io.thumbwheel.serving.release;

import io.quarkus.runtime.configuration.MemorySize;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.onnx.Footprint;
import io.thumbwheel.serving.onnx.KvArena;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The memory of the releases: owns the arena of their KV caches for the life of the process, and
/// knows whether one more release fits. The loading thread's.
@Singleton
final class ReleaseMemory {
    private static final Logger LOG = Logger.getLogger(ReleaseMemory.class);

    /// r0, primary, canary and hold-out, and one that is loading.
    private static final int STANDING = 5;

    private final ServingConfig.Residence config;
    private final AvailableMemory available;
    private @Nullable KvArena arena;

    @Inject
    ReleaseMemory(ServingConfig config) {
        this(config, new AvailableMemory(Path.of("/")));
    }

    ReleaseMemory(ServingConfig config, AvailableMemory available) {
        this.config = config.residence();
        this.available = available;
    }

    /// Makes sure that a release fits, before anything of it is loaded.
    ///
    /// @return the arena that will lease it its KV cache
    /// @throws NoRoomException where it does not fit
    KvArena roomFor(String id, Footprint need) throws NoRoomException {
        KvArena all = arena(id, need);
        if (!all.fits(need.cache())) {
            throw new NoRoomException(
                    "release %s needs %d MB of KV cache and the largest free range is %d MB of %d MB: raise serving.residence.cache, lower serving.queue.slots or serving.queue.context, or set serving.residence.when-full to drain-then-load"
                            .formatted(
                                    id,
                                    megabytes(need.cache()),
                                    megabytes(all.largestFree()),
                                    megabytes(all.bytes())));
        }
        FreedMemory.giveBack(); // of releases that have left
        long growth = all.growth(need.cache());
        OptionalLong left = available.bytes();
        if (left.isPresent() && need.weights() + growth > left.getAsLong()) {
            throw new NoRoomException(
                    "release %s needs %d MB for its weights and %d MB more for its KV cache, and %d MB are available: give the process more memory, lower serving.queue.slots or serving.queue.context, or set serving.residence.when-full to drain-then-load"
                            .formatted(
                                    id,
                                    megabytes(need.weights()),
                                    megabytes(growth),
                                    megabytes(left.getAsLong())));
        }
        return all;
    }

    private KvArena arena(String id, Footprint first) throws NoRoomException {
        KvArena made = arena;
        if (made == null) {
            long bytes = config.cache().map(MemorySize::asLongValue).orElse(derived(first));
            try {
                made = KvArena.of(Math.max(bytes, first.cache()));
            } catch (IllegalStateException e) {
                throw new NoRoomException("release %s: %s".formatted(id, e.getMessage()));
            }
            arena = made;
            LOG.infof(
                    "%d MB are set aside for KV caches, %d MB for each release like %s; memory is taken as it is used",
                    megabytes(made.bytes()), megabytes(first.cache()), id);
        }
        return made;
    }

    /// Room for as many releases like the first as may be in memory, but no more than half of what
    /// the process may get.
    private long derived(Footprint first) {
        long wanted = (STANDING + config.onDemand()) * first.cache();
        OptionalLong left = available.bytes();
        return left.isPresent() ? Math.min(wanted, left.getAsLong() / 2) : wanted;
    }

    private static long megabytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }
}
