package io.thumbwheel.trainer;

import io.thumbwheel.trainer.bench.BenchCommand;
import io.thumbwheel.trainer.card.CardCommand;
import io.thumbwheel.trainer.cli.OptionsFile;
import io.thumbwheel.trainer.data.CorpusCommand;
import io.thumbwheel.trainer.data.PromptsCommand;
import io.thumbwheel.trainer.data.RandomPolicyCommand;
import io.thumbwheel.trainer.data.TokenizerCommand;
import io.thumbwheel.trainer.export.ExportCommand;
import io.thumbwheel.trainer.offline.EvaluateCommand;
import io.thumbwheel.trainer.offline.LabelCommand;
import io.thumbwheel.trainer.offline.PpoCommand;
import io.thumbwheel.trainer.offline.RewardCommand;
import io.thumbwheel.trainer.pretraining.Pretrain;
import io.thumbwheel.trainer.report.ReportCommand;
import io.thumbwheel.trainer.report.RunsCommand;
import io.thumbwheel.trainer.run.ImportCommand;
import io.thumbwheel.trainer.sft.Sft;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line of the trainer: `./thumbwheel trainer COMMAND`.
@Command(
        name = "trainer",
        description = "Makes and trains policies outside the running platform.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CorpusCommand.class,
            TokenizerCommand.class,
            PromptsCommand.class,
            RandomPolicyCommand.class,
            CardCommand.class,
            Pretrain.class,
            ImportCommand.class,
            Sft.class,
            RewardCommand.class,
            LabelCommand.class,
            PpoCommand.class,
            EvaluateCommand.class,
            ReportCommand.class,
            BenchCommand.class,
            ExportCommand.class,
            RunsCommand.class
        })
public final class Trainer implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command; --help lists them");
    }

    /// All commands.
    public static CommandLine commandLine() {
        return new CommandLine(new Trainer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setUseSimplifiedAtFiles(true);
    }

    /// Runs a command.
    ///
    /// @return its exit code
    public static int run(CommandLine commands, String... arguments) {
        try {
            return commands.execute(OptionsFile.expanded(commands.getCommandSpec(), arguments));
        } catch (ParameterException wrong) {
            commands.getErr().println(wrong.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }

    public static void main(String[] arguments) {
        System.exit(run(commandLine(), arguments));
    }
}
