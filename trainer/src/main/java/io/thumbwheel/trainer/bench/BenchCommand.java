package io.thumbwheel.trainer.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.model.Threads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `trainer bench`, also called by `thumbwheel bench trainer`.
@Command(
        name = "bench",
        description = "Measures training and sampling beside the machine's own limit.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class BenchCommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--rounds", description = "Of which the median counts.")
    private int rounds = 5;

    @Option(
            names = "--larger",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Also a shape of 135M parameters.")
    boolean larger;

    @Option(names = "--threads", description = "Of the engine; 0 means one per core.")
    private int threads = 0;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Threads.use(threads);
        // First, in memory that is as a run of its own finds it.
        PpoSplit split = PpoSplit.measure(0);
        PpoSplit shared = PpoSplit.measure(TrainerBenchmark.SEED.layers() / 2);
        List<Figure> figures =
                new ArrayList<>(new TrainerBenchmark(rounds, line -> say(err, line)).run(larger));
        figures.add(split.share());
        double growth = MemoryGrowth.megabytes();
        double intake = IntakeRate.perSecond();
        figures.forEach(figure -> out.println(figure.line()));
        split.lines().forEach(out::println);
        out.printf(
                Locale.ROOT,
                "PPO step with half of the layers frozen and shared: %.2f s instead of %.2f s%n",
                shared.total(),
                split.total());
        out.printf(
                Locale.ROOT,
                "resident memory grew by %.1f MB over %d steps; bar %d  %s%n",
                growth,
                MemoryGrowth.STEPS,
                MemoryGrowth.BAR,
                growth < MemoryGrowth.BAR ? "holds" : "MISSED");
        out.printf(
                Locale.ROOT,
                "%,.0f examples a second into the dataset while a training runs; bar %,d  %s%n",
                intake,
                IntakeRate.BAR,
                intake >= IntakeRate.BAR ? "holds" : "MISSED");
        out.flush();
        if (json != null) {
            AtomicFile.write(
                    json,
                    JSON.writeValueAsBytes(
                            Map.of(
                                    "date",
                                    Instant.now().toString(),
                                    "figures",
                                    figures,
                                    "ppo_seconds",
                                    split.seconds(),
                                    "ppo_seconds_half_frozen",
                                    shared.seconds(),
                                    "memory_growth_mb",
                                    growth,
                                    "intake_per_second",
                                    intake)));
        }
        boolean all =
                figures.stream().allMatch(Figure::holds)
                        && growth < MemoryGrowth.BAR
                        && intake >= IntakeRate.BAR;
        return all ? 0 : 1;
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
