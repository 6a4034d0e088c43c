package io.thumbwheel.schemas.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// A process held by a pipe on its standard input: as long as the supervisor lives the pipe is
/// open; its end, also after a `kill -9` of the supervisor, means an orderly stop.
///
/// ```java
/// Supervised.onRelease(Quarkus::asyncExit);
/// ```
public final class Supervised {
    /// Environment variable: `true` where standard input is such a pipe.
    public static final String VARIABLE = "THUMBWHEEL_SUPERVISED";

    /// How long an orderly stop may take; after it the process ends at once, because nobody is left
    /// who would end it.
    static final Duration GRACE = Duration.ofSeconds(30);

    private Supervised() {}

    /// Calls `stop` once when the supervisor lets go; does nothing where the process runs without
    /// one. The process ends within 30 s in any case.
    ///
    /// @param stop begins an orderly stop; may return before it is done
    public static void onRelease(Runnable stop) {
        if ("true".equals(System.getenv(VARIABLE))) {
            watch(System.in, stop, GRACE, () -> Runtime.getRuntime().halt(3));
        }
    }

    static Thread watch(InputStream pipe, Runnable stop, Duration grace, Runnable halt) {
        return Thread.ofPlatform()
                .daemon()
                .name("supervised")
                .start(() -> {
                    awaitEnd(pipe);
                    Thread.ofPlatform().daemon().name("supervised-stop").start(stop);
                    try {
                        Thread.sleep(grace);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    halt.run();
                });
    }

    private static void awaitEnd(InputStream pipe) {
        byte[] ignored = new byte[256];
        try {
            while (pipe.read(ignored) >= 0) {
                // Nothing is said over the pipe: only its end counts.
            }
        } catch (IOException e) {
            // A broken pipe is an ended one.
        }
    }
}
