package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/// Remembers what a generation told.
public class Heard implements GenerationListener {
    private final List<Integer> tokens = new CopyOnWriteArrayList<>();
    private final List<Float> logProbs = new CopyOnWriteArrayList<>();
    private final CompletableFuture<FinishReason> end = new CompletableFuture<>();
    private final IntPredicate goOn;

    public Heard() {
        this(_ -> true);
    }

    Heard(IntPredicate goOn) {
        this.goOn = goOn;
    }

    @Override
    public boolean token(int id, float logProb, TopTokens top) {
        tokens.add(id);
        logProbs.add(logProb);
        return goOn.test(id);
    }

    @Override
    public void finished(FinishReason reason) {
        end.complete(reason);
    }

    @Override
    public void failed(Exception cause) {
        end.completeExceptionally(cause);
    }

    public List<Integer> tokens() {
        return tokens;
    }

    public List<Float> logProbs() {
        return logProbs;
    }

    public boolean ended() {
        return end.isDone();
    }

    /// Waits for the end; a failure becomes an ExecutionException.
    public FinishReason end() throws Exception {
        return end.get(10, TimeUnit.SECONDS);
    }
}
