package io.thumbwheel.serving.generation;

import java.util.concurrent.atomic.AtomicInteger;

/// How busy one policy is, for gauges and counters: any thread reads it, and all gauges are 0 where
/// nothing is asked of the policy. Only the scheduler's thread writes, but for `waiting`.
public final class PolicyLoad {
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile int running;
    private volatile long tokensHeld;
    private volatile long promptTokens;
    private volatile long generatedTokens;
    private volatile long prefixQueries;
    private volatile long prefixHits;

    PolicyLoad() {}

    /// Answers without a slot.
    public int waiting() {
        return waiting.get();
    }

    /// Answers in a slot.
    public int running() {
        return running;
    }

    /// Tokens in the slots of the KV cache; of at most slots times context.
    public long tokensHeld() {
        return tokensHeld;
    }

    /// Prompt tokens computed so far; those from the prefix cache are not among them.
    public long promptTokens() {
        return promptTokens;
    }

    /// Tokens drawn so far.
    public long generatedTokens() {
        return generatedTokens;
    }

    /// Prompt tokens that were looked for in the prefix cache so far.
    public long prefixQueries() {
        return prefixQueries;
    }

    /// Those of them that it had.
    public long prefixHits() {
        return prefixHits;
    }

    void enqueued() {
        waiting.incrementAndGet();
    }

    void dequeued() {
        waiting.decrementAndGet();
    }

    void holds(int answers, long tokens) {
        running = answers;
        tokensHeld = tokens;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
    void computed(long prompt) {
        promptTokens += prompt;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
    void drew(int tokens) {
        generatedTokens += tokens;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
    void lookedUp(int tokens, int found) {
        prefixQueries += tokens;
        prefixHits += found;
    }
}
