package io.thumbwheel.embedded;

import java.util.concurrent.CancellationException;

/// Waiting between two looks at a server that has no way to tell.
final class Pause {
    private Pause() {}

    /// Waits 20 ms.
    ///
    /// @throws CancellationException where the thread is interrupted
    static void brief() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a server");
        }
    }
}
