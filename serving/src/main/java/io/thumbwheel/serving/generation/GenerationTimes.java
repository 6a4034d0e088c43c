package io.thumbwheel.serving.generation;

/// When the steps of one answer happened, in nanoseconds of [System#nanoTime]: enough for vLLM's
/// histograms of queue, prefill, decode and inference time, time to first token and inter-token
/// latency.
///
/// The scheduler's thread writes it and hands it to [GenerationListener#scheduled] once; a listener
/// reads it inside of its own callbacks, where the state is that of the token or end being told.
public final class GenerationTimes {
    private final long queued;
    private long scheduled;
    private long firstToken;
    private long lastToken;
    private long interToken;
    private int tokens;
    private int cachedTokens;

    GenerationTimes(long queued) {
        this.queued = queued;
    }

    /// It was asked for.
    public long queued() {
        return queued;
    }

    /// It got a slot, and the reading of its prompt began. Queue time is `scheduled() - queued()`.
    public long scheduled() {
        return scheduled;
    }

    /// The forward pass that ended its prompt was over. Prefill time is `firstToken() -
    /// scheduled()`.
    public long firstToken() {
        return firstToken;
    }

    /// The forward pass behind its last token so far was over. Decode time is `lastToken() -
    /// firstToken()`, inference time `lastToken() - scheduled()`.
    public long lastToken() {
        return lastToken;
    }

    /// Nanoseconds between its last two tokens; 0 with the first.
    public long interToken() {
        return interToken;
    }

    /// How many tokens it has; without one, the times of tokens mean nothing.
    public int tokens() {
        return tokens;
    }

    /// Tokens of its prompt that came from the prefix cache instead of being computed.
    public int cachedTokens() {
        return cachedTokens;
    }

    void scheduled(long now) {
        scheduled = now;
    }

    void cached(int length) {
        cachedTokens += length;
    }

    void token(long now) {
        interToken = tokens == 0 ? 0 : now - lastToken;
        firstToken = tokens == 0 ? now : firstToken;
        lastToken = now;
        tokens++;
    }
}
