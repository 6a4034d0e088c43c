package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.CompletionServed.Arm;
import java.util.concurrent.atomic.AtomicBoolean;

/// The right to answer one request with one release, from its first token to its last: whatever is
/// swapped meanwhile, the release stays in memory until the lease is given back.
public final class Lease implements AutoCloseable {
    private final Resident release;
    private final Arm arm;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// Takes over a reference to the release's policy that was acquired already.
    Lease(Resident release, Arm arm) {
        this.release = release;
        this.arm = arm;
    }

    /// The release.
    public Resident release() {
        return release;
    }

    /// The share of traffic that the request belongs to.
    public Arm arm() {
        return arm;
    }

    /// Gives the release back; again has no effect.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.policy().release();
        }
    }
}
