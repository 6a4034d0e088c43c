package io.thumbwheel.feedback.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.feedback.simulation.TrustSimulation;
import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `feedback bench`, also called by `thumbwheel bench feedback`.
@Command(
        name = "bench",
        description =
                "Measures intake, bulk, join and replay beside the bars that they have to reach.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class BenchCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--events", description = "How many events are replayed.")
    private int events = 500_000;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private @Nullable Path json;

    @Option(
            names = "--trust",
            description = "Only the simulated crowd: its whole table, over seeds 1 to 5.")
    private boolean onlyTrust;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Only these parts: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<Part> only = EnumSet.allOf(Part.class);

    /// The parts, in the order that they run in.
    private enum Part {
        replay,
        visible,
        intake,
        imports,
        bulk,
        trust
    }

    private BenchPart part(Part part) {
        return switch (part) {
            case replay -> new ReplayPart(events);
            case visible -> new VisiblePart();
            case intake -> new IntakePart();
            case bulk -> new BulkPart();
            case imports -> new ImportPart();
            case trust -> new TrustPart();
        };
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (onlyTrust) {
            TrustSimulation.rows(TrustPart.SEEDS).forEach(row -> out.println(row.line()));
            out.flush();
            return 0;
        }
        List<Figure> figures = new ArrayList<>();
        Path folder = Files.createTempDirectory("thumbwheel-bench");
        try (BenchPlatform platform =
                new BenchPlatform(Path.of(System.getProperty("thumbwheel.home", ".")), folder)) {
            for (Part part : new TreeSet<>(only)) {
                for (Figure figure : part(part).measure(platform)) {
                    figures.add(figure);
                    out.println(figure.line());
                    out.flush();
                }
            }
        }
        delete(folder);
        if (json != null) {
            AtomicFile.write(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsBytes(figures));
        }
        return figures.stream().allMatch(Figure::holds) ? 0 : 1;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
