package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;

/// Hears one generation, in order: tokens, then exactly one of [#finished] and [#failed]. Called on
/// the scheduler's thread, possibly before [Scheduler#submit] has returned: it must not block.
public interface GenerationListener {
    /// It got a slot, and its prompt is about to be read.
    ///
    /// @param times kept up to date until the end; to be read in these callbacks only
    default void scheduled(GenerationTimes times) {}

    /// A token was sampled; EOS is told as well.
    ///
    /// @param logProb natural log-probability under the distribution that was sampled
    /// @param top the most probable tokens, as many as were asked for
    /// @return whether to go on; false ends the generation with [FinishReason#STOP] (a stop text)
    boolean token(int id, float logProb, TopTokens top);

    /// No more tokens follow.
    void finished(FinishReason reason);

    /// The forward pass failed, or the request waited too long ([QueueTimeoutException]).
    void failed(Exception cause);
}
