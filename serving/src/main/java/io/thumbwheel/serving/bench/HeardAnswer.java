package io.thumbwheel.serving.bench;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.generation.GenerationListener;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.generation.TopTokens;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Hears one answer, and keeps its times; allocates nothing per token.
final class HeardAnswer implements GenerationListener {
    private static final long PATIENCE_SECONDS = 120;

    private final CompletableFuture<FinishReason> end = new CompletableFuture<>();
    private final long[] gaps; // nanoseconds before each token [most]
    private volatile int count;
    private @Nullable GenerationTimes times;

    /// @param most tokens that it may have
    HeardAnswer(int most) {
        gaps = new long[most];
    }

    @Override
    public void scheduled(GenerationTimes now) {
        times = now;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
    public boolean token(int id, float logProb, TopTokens top) {
        gaps[count] = Objects.requireNonNull(times).interToken();
        count++;
        return true;
    }

    @Override
    public void finished(FinishReason reason) {
        end.complete(reason);
    }

    @Override
    public void failed(Exception cause) {
        end.completeExceptionally(cause);
    }

    /// Tokens so far.
    int count() {
        return count;
    }

    /// Waits for its end.
    HeardAnswer await() throws BenchmarkFailedException, InterruptedException {
        try {
            end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return this;
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchmarkFailedException(
                    "an answer failed, or did not end within %d s: %s"
                            .formatted(PATIENCE_SECONDS, e),
                    e);
        }
    }

    /// Waits, without a pause, until it has so many tokens.
    void await(int tokens) throws BenchmarkFailedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (count < tokens) {
            if (end.isDone() || System.nanoTime() > limit) {
                throw new BenchmarkFailedException(
                        "an answer has %d of %d tokens and %s"
                                .formatted(
                                        count,
                                        tokens,
                                        end.isDone()
                                                ? "ended"
                                                : "took " + PATIENCE_SECONDS + " s"));
            }
            Thread.onSpinWait();
        }
    }

    /// From the request to its first token; once it has ended.
    double firstTokenMillis() {
        GenerationTimes known = Objects.requireNonNull(times);
        return (known.firstToken() - known.queued()) / 1e6;
    }

    /// The times before its tokens `from` to `to` - 1, milliseconds.
    double[] gapMillis(int from, int to) {
        return Arrays.stream(gaps, from, to).mapToDouble(gap -> gap / 1e6).toArray();
    }
}
