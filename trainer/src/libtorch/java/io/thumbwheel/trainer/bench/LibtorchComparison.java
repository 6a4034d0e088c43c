package io.thumbwheel.trainer.bench;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Threads;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The trainer's training step beside the same step in bytedeco's libtorch ([OtherLibtorch]), in
/// rounds that alternate. Run by hand on the test class path of a build with the profile `libtorch`:
///
/// `java ... io.thumbwheel.trainer.bench.LibtorchComparison [ROUNDS] [seed|135M]`
final class LibtorchComparison {
    private LibtorchComparison() {}

    public static void main(String[] arguments) throws IOException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8;
        boolean larger = arguments.length > 1 && arguments[1].equals("135M");
        ModelConfig config = larger ? TrainerBenchmark.LARGER : TrainerBenchmark.SEED;
        int batch = larger ? 1 : TrainerBenchmark.SEED_ROWS;
        int steps = larger ? 1 : 4;
        Process other = start(config, batch);
        try (BufferedReader answers = other.inputReader();
                PrintWriter asks = new PrintWriter(other.outputWriter(), true);
                NDManager manager = ComputeDevice.CPU.open();
                Llama model = Llama.random(manager, config, 1);
                AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.PRETRAINING)) {
            Threads.use(0);
            List<Double> shares = new ArrayList<>();
            for (int round = -1; round < rounds; round++) {
                asks.println(steps);
                long theirs = Long.parseLong(Objects.requireNonNull(answers.readLine()));
                long start = System.nanoTime();
                for (int step = 0; step < steps; step++) {
                    TrainerBenchmark.train(manager, model, optimizer, batch, false);
                }
                long ours = System.nanoTime() - start;
                System.out.printf(
                        "%s: ours %.1f ms a step, bytedeco's %.1f ms, speed %.3f of it%s%n",
                        larger ? "135M" : "seed",
                        ours / 1e6 / steps,
                        theirs / 1e6 / steps,
                        (double) theirs / ours,
                        round < 0 ? " (warm-up)" : "");
                if (round >= 0) {
                    shares.add((double) theirs / ours);
                }
            }
            Collections.sort(shares);
            System.out.printf(
                    "median %.3f (%.3f to %.3f), bar 0.95%n",
                    shares.get(shares.size() / 2), shares.getFirst(), shares.getLast());
        } finally {
            other.destroy();
        }
    }

    /// The other process sees nothing of DJL, whose natives have the same names.
    private static Process start(ModelConfig config, int batch) throws IOException {
        String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry ->
                                entry.contains("bytedeco") || entry.endsWith("test-classes"))
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classPath,
                                OtherLibtorch.class.getName()));
        Stream.of(
                        config.vocab(),
                        config.hidden(),
                        config.layers(),
                        config.heads(),
                        config.keyValueHeads(),
                        config.ffn(),
                        batch,
                        config.context(),
                        Runtime.getRuntime().availableProcessors())
                .map(String::valueOf)
                .forEach(command::add);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
