package io.thumbwheel.serving.chat;

import java.util.concurrent.CompletableFuture;

/// Cancels an answer from its reply, which is made first.
final class CutOff implements Runnable {
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    /// The answer that it cancels.
    void of(Answer made) {
        answer.complete(made);
    }

    @Override
    public void run() {
        var _ = answer.thenAccept(Answer::cancel);
    }
}
