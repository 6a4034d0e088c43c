package io.thumbwheel.standalone;

import io.thumbwheel.standalone.platform.CannotRunException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line behind `./thumbwheel up`, `demo` and `bench`.
@Command(
        name = "thumbwheel",
        description = "A model-serving platform that learns from its users.",
        subcommands = {Up.class},
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class Standalone implements Runnable {
    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    /// Runs a command and exits with its code: 0 done, 1 cannot run, 2 wrong usage.
    static void main(String[] arguments) {
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
        if (problem instanceof CannotRunException) {
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
