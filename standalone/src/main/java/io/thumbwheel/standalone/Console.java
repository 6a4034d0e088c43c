package io.thumbwheel.standalone;

import java.io.PrintWriter;

/// What a person reads while a command runs: lines, and on a terminal a last line that updates.
final class Console {
    private final PrintWriter out;

    Console(PrintWriter out) {
        this.out = out;
    }

    /// Prints one line.
    synchronized void line(String text) {
        out.println(text);
        out.flush();
    }
}
