package io.thumbwheel.trainer.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether training gives back what it takes.
final class MemoryGrowth {
    /// Steps over which it is measured.
    static final int STEPS = 500;

    /// Megabytes that it may grow by.
    static final int BAR = 20;

    private static final int WARM_UP = 100;

    private MemoryGrowth() {}

    /// Resident memory after the steps less that before, the Java heap included.
    static double megabytes() throws IOException {
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama model = Llama.random(manager, TrainerBenchmark.SEED, 1);
                AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.PRETRAINING)) {
            train(manager, model, optimizer, WARM_UP);
            double before = resident();
            train(manager, model, optimizer, STEPS);
            return resident() - before;
        }
    }

    /// Steps on 4 rows of 64 tokens.
    static void train(NDManager manager, Llama model, AdamW optimizer, int steps) {
        for (int i = 0; i < steps; i++) {
            try (Step step = Step.open(manager)) {
                NDArray tokens =
                        step.manager()
                                .randomInteger(
                                        8,
                                        model.config().vocab(),
                                        new Shape(4, 64),
                                        DataType.INT64);
                step.backward(() -> model.loss(tokens, tokens, false));
                optimizer.step(1e-4, 1);
            }
        }
    }

    /// `VmRSS` in `/proc`, megabytes.
    private static double resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }
}
