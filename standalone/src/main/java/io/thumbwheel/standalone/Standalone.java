package io.thumbwheel.standalone;

import io.thumbwheel.standalone.demo.DemoFailedException;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.preference.PreferenceFailedException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line behind `./thumbwheel up`, `demo` and `bench`.
@Command(
        name = "thumbwheel",
        description = "A model-serving platform that learns from its users.",
        subcommands = {Up.class, Demo.class, Bench.class},
        mixinStandardHelpOptions = true,
        version = Standalone.VERSION,
        synopsisSubcommandLabel = "COMMAND")
public final class Standalone implements Runnable {
    static final String VERSION = "Thumbwheel 0.1";

    /// Kafka's clients tell much that does not belong between a person's lines. Held, because the
    /// log manager does not hold it.
    private static final Logger CLIENT_LOG = Logger.getLogger("org.apache.kafka");

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    /// Runs a command and exits with its code: 0 done, 1 cannot run, 2 wrong usage.
    static void main(String[] arguments) {
        CLIENT_LOG.setLevel(Level.WARNING);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Standalone())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Standalone::explain);
    }

    private static int explain(
            Exception problem, CommandLine commandLine, CommandLine.ParseResult parsed)
            throws Exception {
        if (problem instanceof CannotRunException
                || problem instanceof DemoFailedException
                || problem instanceof PreferenceFailedException) {
            PrintWriter err = commandLine.getErr();
            err.println("thumbwheel: " + problem.getMessage());
            err.flush();
            return 1;
        }
        throw problem;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec).commandLine(), "Missing command");
    }
}
