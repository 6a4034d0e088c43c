package io.thumbwheel.feedback.cli;

import io.thumbwheel.feedback.bench.BenchCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line of feedback: `./thumbwheel feedback COMMAND`.
@Command(
        name = "feedback",
        description =
                "Brings opinions into a running platform and looks after what it could not read.",
        mixinStandardHelpOptions = true,
        subcommands = {ImportCommand.class, DeadCommand.class, BenchCommand.class})
public final class Feedback implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command; --help lists them");
    }

    /// All commands.
    public static CommandLine commandLine() {
        return new CommandLine(new Feedback())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commands, _) -> {
                    commands.getErr().println(failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
