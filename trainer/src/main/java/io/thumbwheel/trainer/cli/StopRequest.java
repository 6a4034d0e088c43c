package io.thumbwheel.trainer.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C (SIGINT, SIGTERM), heard as a request to stop at the next opportunity. The process ends
/// when this is closed, or after a minute whatever happens.
final class StopRequest implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean asked;

    private StopRequest(PrintWriter out) {
        this.hook = new Thread(() -> hear(out), "stop-request");
    }

    /// Listens until it is closed.
    static StopRequest listen(PrintWriter out) {
        StopRequest request = new StopRequest(out);
        Runtime.getRuntime().addShutdownHook(request.hook);
        return request;
    }

    private void hear(PrintWriter out) {
        asked = true;
        out.printf(
                "stopping after this update, or in %d s from the last checkpoint%n",
                PATIENCE_SECONDS);
        out.flush();
        try {
            if (!stopped.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                out.println("the update takes longer than that: stopped without its checkpoint");
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether somebody wants it to stop.
    boolean asked() {
        return asked;
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The hook runs, and lets the process end now.
        }
    }
}
