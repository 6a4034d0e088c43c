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

    /// Runs a command that dies at once when it has printed the line, as at kill -9 but for the
    /// process.
    ///
    /// @throws Killed then
    public void kill(String line, String... arguments) {
        int before = out.toString().length();
        PrintWriter until =
                new PrintWriter(out, true) {
                    @Override
                    public void flush() {
                        super.flush();
                        if (out().substring(before).contains(line + System.lineSeparator())) {
                            throw new Killed();
                        }
                    }
                };
        Trainer.run(
                Trainer.commandLine().setOut(until).setErr(new PrintWriter(err, true)), arguments);
    }

    /// What nobody catches.
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1;
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
