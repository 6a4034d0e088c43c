package io.thumbwheel.standalone;

import io.thumbwheel.standalone.demo.Display;
import java.io.PrintWriter;
import java.time.Duration;

/// What a person reads while a command runs: lines, and on a terminal a last line that updates.
/// Where nobody looks, as in a pipe, the updates become a plain line now and then.
final class Console implements Display {
    private static final String CLEAR_LINE = "\r\u001b[2K";
    private static final int WIDTH = 110;
    private static final Duration ON_TERMINAL = Duration.ofMillis(100);
    private static final Duration ELSEWHERE = Duration.ofSeconds(20);

    private final PrintWriter out;
    private final boolean terminal;
    private long shown;
    private boolean open;

    /// @param out where to
    /// @param terminal whether a person looks at a screen
    Console(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public synchronized void line(String text) {
        if (open) {
            out.print(CLEAR_LINE);
            open = false;
        }
        out.println(text);
        out.flush();
    }

    @Override
    public synchronized void status(String text) {
        long now = System.nanoTime();
        Duration pause = terminal ? ON_TERMINAL : ELSEWHERE;
        if (now - shown < pause.toNanos()) {
            return;
        }
        shown = now;
        if (terminal) {
            out.print(CLEAR_LINE + (text.length() > WIDTH ? text.substring(0, WIDTH) : text));
            open = true;
        } else {
            out.println("  " + text);
        }
        out.flush();
    }
}
