package io.thumbwheel.feedback.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.feedback.imports.BulkUpload;
import io.thumbwheel.feedback.imports.ForeignFile;
import io.thumbwheel.feedback.imports.RowProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `feedback import`.
@Command(
        name = "import",
        description = {
            "Brings opinions that were collected elsewhere into a running platform, each once however often it is run.",
            "Reads HH-RLHF, TRL (preference, unpaired), LMArena votes, Open WebUI's feedback export, Open-Assistant trees,"
                    + " Taskmaster rewards, Topical-Chat and lines of POST /v1/feedback; as lines, list or object of JSON, also gzipped."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private RunningPlatform platform = new RunningPlatform();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "What to import.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--rater",
            paramLabel = "NAME",
            description =
                    "What people are called whom the rows do not name (default: ${DEFAULT-VALUE}).")
    private String unnamed = "import";

    @Option(
            names = "--dry-run",
            description = "Only read the files and say what is in them; needs no platform.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        BadRows bad = new BadRows();
        long start = System.nanoTime();
        long read = 0;
        long accepted = 0;
        if (dryRun) {
            for (Path file : files) {
                Counter counter = new Counter(bad);
                new ForeignFile(file, unnamed).forEach(counter);
                read += counter.lines;
            }
        } else {
            try (BulkUpload upload =
                    new BulkUpload(
                            platform.feedback(),
                            platform.key(),
                            (place, detail) -> bad.add(place, RowProblem.REFUSED, detail))) {
                for (Path file : files) {
                    read += upload(file, upload, bad);
                }
                accepted = upload.finish();
            }
        }
        double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
        bad.lines().forEach(out::println);
        out.println(
                dryRun
                        ? "%,d opinions in %d files; nothing was sent".formatted(read, files.size())
                        : "%,d opinions read, %,d accepted in %.1f s"
                                .formatted(read, accepted, seconds));
        out.flush();
        return accepted == read || dryRun ? 0 : 1;
    }

    private long upload(Path file, BulkUpload upload, BadRows bad) throws IOException {
        ForeignFile foreign = new ForeignFile(file, unnamed);
        ProgressBar bar =
                new ProgressBar(
                        file.getFileName().toString(),
                        spec.commandLine().getErr(),
                        System.console() != null);
        Counter counter =
                new Counter(bad) {
                    @Override
                    public void line(String place, ObjectNode line) throws IOException {
                        super.line(place, line);
                        upload.add(place, line);
                        bar.show(foreign.progress(), lines);
                    }
                };
        foreign.forEach(counter);
        bar.end(counter.lines);
        return counter.lines;
    }

    private static class Counter implements ForeignFile.Visitor {
        private final BadRows bad;
        long lines;

        Counter(BadRows bad) {
            this.bad = bad;
        }

        @Override
        public void line(String place, ObjectNode line) throws IOException {
            lines++;
        }

        @Override
        public void bad(String place, RowProblem problem, String detail) {
            bad.add(place, problem, detail);
        }
    }
}
