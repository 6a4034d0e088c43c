package io.thumbwheel.serving.generation;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A policy with a count of its users. It is closed when the last of them lets go, never under a
/// running call: closing an ONNX Runtime session during a call kills the JVM
/// (microsoft/onnxruntime#21812).
///
/// Its maker holds the first reference and gives it back by [#close]; every generation in flight
/// holds one of its own.
public final class PolicyHandle implements AutoCloseable {
    private final String releaseId;
    private final Policy policy;
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean cut;
    private volatile boolean gone;
    private final PolicyLoad load = new PolicyLoad();
    private final Lane lane;

    /// Takes over `policy`.
    public PolicyHandle(String releaseId, Policy policy) {
        this.releaseId = releaseId;
        this.policy = policy;
        this.lane = new Lane(policy, load);
    }

    /// The release whose weights it has.
    public String releaseId() {
        return releaseId;
    }

    /// The policy itself; only while a reference is held.
    public Policy policy() {
        return policy;
    }

    /// How busy it is.
    public PolicyLoad load() {
        return load;
    }

    /// The answers that it draws; the scheduler thread's.
    Lane lane() {
        return lane;
    }

    /// How many hold a reference, the maker included.
    public int users() {
        return users.get();
    }

    /// Whether the policy is closed and its memory free, which is a little after the last user let
    /// go.
    public boolean gone() {
        return gone;
    }

    /// Takes a reference.
    ///
    /// @return false where the last one is gone: then take another policy
    public boolean acquire() {
        for (; ; ) {
            int now = users.get();
            if (now == 0) {
                return false;
            }
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /// Gives a reference back; the last one closes the policy, in the calling thread.
    public void release() {
        int left = users.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException(
                    "policy " + releaseId + " was released more often than acquired");
        }
        if (left == 0) {
            policy.close();
            gone = true;
        }
    }

    /// Ends all answers in the making within a step, as cancelled.
    public void cut() {
        cut = true;
    }

    boolean isCut() {
        return cut;
    }

    /// Gives the maker's reference back; those in flight finish first.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }
}
