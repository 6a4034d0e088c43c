package io.thumbwheel.trainer.report;

import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.cli.MetricsTable;
import io.thumbwheel.trainer.cli.OptionsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trainer report`: the page of what `sft`, `reward` or `ppo` left in a folder. (Refreshes of a
/// platform have `trainer runs report`.)
@Command(
        name = "report",
        description = "Writes a page with the curves, answers and options of a training's folder.",
        mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FOLDER", description = "What sft, reward or ppo wrote.")
    private Path folder = Path.of("policy");

    @Option(
            names = "--to",
            paramLabel = "FILE.html",
            required = true,
            description = "File to write.")
    private Path file = Path.of("report.html");

    @Override
    public Integer call() throws IOException {
        for (String needed : List.of(MetricsTable.NAME, OptionsFile.NAME)) {
            if (!Files.isRegularFile(folder.resolve(needed))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "%s has no %s: name a folder that sft, reward or ppo wrote"
                                .formatted(folder, needed));
            }
        }
        AtomicFile.write(file, ReportPage.ofFolder(folder).html().getBytes(StandardCharsets.UTF_8));
        spec.commandLine().getOut().printf("wrote %s%n", file);
        return 0;
    }
}
