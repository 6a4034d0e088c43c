package io.thumbwheel.trainer;

import java.io.PrintWriter;
import java.io.StringWriter;

/// A terminal in which commands of the trainer are run.
public final class TrainerConsole {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /// @return the exit code
    public int run(String... arguments) {
        return Trainer.run(
                Trainer.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true)),
                arguments);
    }

    /// All that was printed.
    public String out() {
        return out.toString();
    }

    /// All complaints.
    public String err() {
        return err.toString();
    }
}
