package io.thumbwheel.feedback.cli;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/// How far a file has been read: a bar that redraws itself on a terminal, a line now and then
/// elsewhere.
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final PrintWriter out;
    private final boolean terminal;
    private long shownAt = System.nanoTime();

    ProgressBar(String name, PrintWriter out, boolean terminal) {
        this.name = name;
        this.out = out;
        this.terminal = terminal;
    }

    void show(double progress, long lines) {
        long now = System.nanoTime();
        if (now - shownAt < (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
            return;
        }
        shownAt = now;
        draw(progress, lines);
    }

    void end(long lines) {
        draw(1, lines);
        if (terminal) {
            out.println();
        }
        out.flush();
    }

    private void draw(double progress, long lines) {
        int filled = (int) Math.round(progress * WIDTH);
        String bar =
                "%s [%s%s] %3.0f%% %,d"
                        .formatted(
                                name,
                                "#".repeat(filled),
                                ".".repeat(WIDTH - filled),
                                progress * 100,
                                lines);
        if (terminal) {
            out.print("\r" + bar);
        } else {
            out.println(bar);
        }
        out.flush();
    }
}
