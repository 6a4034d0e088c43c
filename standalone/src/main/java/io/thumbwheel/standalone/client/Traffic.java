package io.thumbwheel.standalone.client;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/// What was asked of the platform and what of it failed at the first attempt; refusals for load
/// (429, 503) count as failures.
public final class Traffic {
    private static final int REMEMBERED = 20;

    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Queue<String> reasons = new ConcurrentLinkedQueue<>();

    void sent() {
        sent.increment();
    }

    void failed(String reason) {
        failed.increment();
        if (failed.sum() <= REMEMBERED) {
            reasons.add(reason);
        }
    }

    /// Requests so far.
    public long requests() {
        return sent.sum();
    }

    /// Failed ones among them.
    public long failures() {
        return failed.sum();
    }

    /// Why the first of them failed.
    public List<String> firstReasons() {
        return List.copyOf(reasons);
    }
}
