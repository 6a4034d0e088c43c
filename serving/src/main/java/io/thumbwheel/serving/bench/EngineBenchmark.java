package io.thumbwheel.serving.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.serving.onnx.Device;
import io.thumbwheel.serving.onnx.OnnxConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Tokens per second of a release's graph, run as serving runs it, and of llama.cpp on the same
/// weights: in alternating rounds on the same threads, medians, after both gave the same logits.
public final class EngineBenchmark {
    private static final double WORST_FP32 = 0.01;
    private static final double WORST_QUANTISED = 0.1;
    private static final int AGREEMENT_PROMPT = 64;

    private final BenchArguments arguments;
    private final PrintStream out;
    private final ModelConfig config;
    private final int context;

    private EngineBenchmark(BenchArguments arguments, PrintStream out) throws IOException {
        this.arguments = arguments;
        this.out = out;
        config = ModelConfig.read(arguments.release());
        context = Math.min(config.context(), 512);
    }

    public static void main(String[] words) {
        PrintStream out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        int code = 2;
        try {
            BenchArguments arguments = BenchArguments.parse(words);
            code = 1;
            List<Row> rows = new EngineBenchmark(arguments, out).run();
            if (arguments.json() != null) {
                AtomicFile.write(
                        arguments.json(), JsonMapper.builder().build().writeValueAsBytes(rows));
            }
            code = rows.stream().allMatch(row -> row.ratio() >= row.bar()) ? 0 : 1;
        } catch (IllegalArgumentException | BenchmarkFailedException | IOException e) {
            out.println(e.getMessage());
        }
        System.exit(code);
    }

    private List<Row> run() throws IOException, BenchmarkFailedException {
        OnnxConfig engine =
                new OnnxConfig(
                        Cell.SLOTS,
                        context,
                        arguments.threads(),
                        arguments.precision(),
                        Device.CPU);
        Path folder = Files.createTempDirectory("engine-benchmark-");
        Path gguf = folder.resolve("model.gguf");
        try (Contender ours = new OnnxContender(arguments.release(), engine)) {
            if (arguments.llama() == null) {
                return measure(ours, Optional.empty());
            }
            GgufFile.write(arguments.release(), arguments.precision(), gguf);
            try (Contender other =
                    new LlamaContender(
                            new LlamaLibrary(arguments.llama()),
                            gguf,
                            config.vocab(),
                            Cell.SLOTS,
                            context,
                            arguments.threads())) {
                agree(ours.read(0, prompt(0, prompted())), other.read(0, prompt(0, prompted())));
                return measure(ours, Optional.of(other));
            }
        } finally {
            Files.deleteIfExists(gguf);
            Files.delete(folder);
        }
    }

    private int prompted() {
        return Math.min(AGREEMENT_PROMPT, context);
    }

    /// The first tokens that either would choose must be the same or, where weights are rounded
    /// differently, as good as the same.
    private void agree(FloatBuffer ours, FloatBuffer other) throws BenchmarkFailedException {
        int best = 0;
        int otherBest = 0;
        double greatest = 0;
        float least = Float.POSITIVE_INFINITY;
        for (int id = 0; id < config.vocab(); id++) {
            double gap = Math.abs(ours.get(id) - other.get(id));
            greatest = gap <= greatest ? greatest : gap; // NaN stays
            best = ours.get(id) > ours.get(best) ? id : best;
            otherBest = other.get(id) > other.get(otherBest) ? id : otherBest;
            least = Math.min(least, other.get(id));
        }
        double range = other.get(otherBest) - least;
        double allowed =
                range * (arguments.precision() == Precision.FP32 ? WORST_FP32 : WORST_QUANTISED);
        boolean same = best == otherBest || other.get(otherBest) - other.get(best) <= greatest;
        out.printf(
                Locale.ROOT,
                "logits of a prompt of %d tokens: greatest difference %.4f of a range of %.2f, first choice %s%n",
                prompted(),
                greatest,
                range,
                best == otherBest ? "the same" : "a near tie");
        if (!(greatest <= allowed) || !same) {
            throw new BenchmarkFailedException(
                    "the engines compute different things: logits differ by %.4f, at most %.4f is allowed; first choices %d and %d"
                            .formatted(greatest, allowed, best, otherBest));
        }
    }

    private List<Row> measure(Contender ours, Optional<Contender> other)
            throws BenchmarkFailedException {
        List<Cell> cells = Cell.of(context);
        fill(ours);
        if (other.isPresent()) {
            fill(other.get());
        }
        Map<Cell, List<Double>> oursRates = new HashMap<>();
        Map<Cell, List<Double>> otherRates = new HashMap<>();
        for (int round = -1; round < arguments.rounds(); round++) { // the first one warms up
            for (Cell cell : cells) {
                add(oursRates, cell, rate(ours, cell), round);
                if (other.isPresent()) {
                    add(otherRates, cell, rate(other.get(), cell), round);
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Cell cell : cells) {
            double rate = median(oursRates.getOrDefault(cell, List.of()));
            double peer = median(otherRates.getOrDefault(cell, List.of()));
            rows.add(row(cell, rate, peer));
        }
        return rows;
    }

    private static void add(Map<Cell, List<Double>> rates, Cell cell, double rate, int round) {
        if (round >= 0) {
            rates.computeIfAbsent(cell, _ -> new ArrayList<>()).add(rate);
        }
    }

    private void fill(Contender engine) throws BenchmarkFailedException {
        for (int slot = 0; slot < Cell.SLOTS; slot++) {
            engine.read(slot, prompt(slot, Math.min(Cell.DECODE_FROM, context)));
        }
    }

    /// Tokens per second.
    private double rate(Contender engine, Cell cell) throws BenchmarkFailedException {
        return switch (cell) {
            case Cell.Prefill(int tokens) -> {
                int times = Math.max(1, 512 / tokens);
                long start = System.nanoTime();
                for (int i = 0; i < times; i++) {
                    engine.read(0, prompt(i, tokens));
                }
                yield perSecond((long) times * tokens, start);
            }
            case Cell.Decode(int batch) -> {
                engine.cut(batch, Cell.DECODE_FROM);
                long start = System.nanoTime();
                for (int step = 0; step < Cell.STEPS; step++) {
                    engine.append(prompt(step, batch), Cell.DECODE_FROM + step);
                }
                yield perSecond((long) batch * Cell.STEPS, start);
            }
        };
    }

    private static double perSecond(long tokens, long start) {
        return tokens / ((System.nanoTime() - start) / 1e9);
    }

    private int[] prompt(int seed, int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = (seed * 131 + i * 37 + 11) % config.vocab();
        }
        return tokens;
    }

    private Row row(Cell cell, double ours, double other) {
        double bar = other == 0 ? 0 : cell.bar(arguments.precision());
        Row row =
                new Row(
                        "%s, %s".formatted(cell.label(), arguments.precision().label()),
                        other == 0 ? 0 : ours / other,
                        bar,
                        ours,
                        other,
                        "tokens/s",
                        bar == 0 ? "FREE" : "AT_LEAST");
        out.printf(
                Locale.ROOT,
                "%-24s %10.1f tokens/s%s%n",
                row.name(),
                ours,
                other == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", llama.cpp %.1f: %.2f times%s",
                                other,
                                row.ratio(),
                                bar == 0
                                        ? ""
                                        : String.format(
                                                Locale.ROOT,
                                                ", bar %.2f %s",
                                                bar,
                                                row.ratio() >= bar ? "holds" : "MISSED")));
        return row;
    }

    private static double median(List<Double> rates) {
        return rates.isEmpty() ? 0 : rates.stream().sorted().toList().get(rates.size() / 2);
    }
}
