package io.thumbwheel.trainer.report;

import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.run.RunLog;
import io.thumbwheel.trainer.run.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `trainer runs`: the refreshes of a platform, from its folder; the platform may run or not.
@Command(
        name = "runs",
        description = "Lists the refreshes of a platform's folder.",
        mixinStandardHelpOptions = true)
public final class RunsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            scope = ScopeType.INHERIT,
            description = "The platform's folder, as `up` makes it (default: data).")
    private Path data = Path.of("data");

    @Override
    public Integer call() throws IOException {
        RunTables.list(log().list(), spec.commandLine().getOut());
        return 0;
    }

    @Command(
            name = "show",
            description = "Shows a run with all metrics by phase.",
            mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "RUN", description = "Id of the run.") String run)
            throws IOException {
        RunLog log = log();
        RunTables.show(existing(log, run), log.steps(run), spec.commandLine().getOut());
        return 0;
    }

    @Command(
            name = "report",
            description = "Writes a page with a run's curves, verdict, answers and configuration.",
            mixinStandardHelpOptions = true)
    int report(
            @Parameters(paramLabel = "RUN", description = "Id of the run.") String run,
            @Option(
                            names = "--to",
                            paramLabel = "FILE.html",
                            required = true,
                            description = "File to write.")
                    Path file)
            throws IOException {
        RunLog log = log();
        RunRecord record = existing(log, run);
        Path serving = data.resolve("releases").resolve(record.spec().serving());
        ReportPage page =
                ReportPage.ofRun(
                        record, log.steps(run), log.samples(run), ReportPage.templateOf(serving));
        AtomicFile.write(file, page.html().getBytes(StandardCharsets.UTF_8));
        spec.commandLine().getOut().printf("wrote %s%n", file);
        return 0;
    }

    private RunLog log() throws IOException {
        Path folder = data.resolve("trainer/runs");
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s has no trainer/runs: name the folder of a platform with --data DIR"
                            .formatted(data));
        }
        return RunLog.open(folder);
    }

    private RunRecord existing(RunLog log, String run) {
        return log.find(run)
                .orElseThrow(() ->
                        new ParameterException(
                                spec.commandLine(),
                                "there is no run '%s' in %s: `trainer runs` lists them"
                                        .formatted(run, data)));
    }
}
