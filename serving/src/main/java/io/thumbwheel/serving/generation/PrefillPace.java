package io.thumbwheel.serving.generation;

/// How fast a policy reads prompts, by the passes measured last: the newest counts for a fifth of
/// all. Passes shorter than a block say more about what a pass costs than about a token, and do not
/// count. The scheduler thread's.
final class PrefillPace {
    private static final double KEPT = 0.8;
    private static final int FIRST_TOKENS = 64;
    private static final int MOST_TOKENS = 1 << 20;

    private double tokens;
    private double nanos;

    /// A pass over so many tokens, padding included, has taken so long.
    void took(int length, long duration) {
        if (length >= Policy.BLOCK) {
            tokens = KEPT * tokens + length;
            nanos = KEPT * nanos + duration;
        }
    }

    /// How many tokens can be read in a time: whole blocks, one at least.
    int tokensIn(long duration) {
        double can = nanos == 0 ? FIRST_TOKENS : duration * tokens / nanos;
        int blocks = (int) Math.min(can, MOST_TOKENS) / Policy.BLOCK;
        return Math.max(1, blocks) * Policy.BLOCK;
    }
}
