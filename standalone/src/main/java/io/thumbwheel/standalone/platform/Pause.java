package io.thumbwheel.standalone.platform;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/// Waiting between two looks at something that has no way to tell.
final class Pause {
    private Pause() {}

    /// Waits.
    ///
    /// @throws CancellationException where the thread is interrupted
    static void of(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting");
        }
    }
}
