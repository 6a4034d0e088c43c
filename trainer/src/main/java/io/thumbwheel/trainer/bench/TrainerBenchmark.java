package io.thumbwheel.trainer.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.DecoderInput;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Sampler;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/// Training, scoring and sampling speed as shares of what one large matrix product reaches on the
/// same threads just before and after.
final class TrainerBenchmark {

    /// The seed policy's shape, context included.
    static final ModelConfig SEED =
            ModelConfig.llama(4096, 192, 6, 6, 2, 32, 512, 256, 1e-5, 10_000, true, 1, 2, 0);

    /// Rows of the seed policy's own pretraining step.
    static final int SEED_ROWS = 8;

    /// The shape of a Llama of 135 million parameters (SmolLM2-135M's).
    static final ModelConfig LARGER =
            ModelConfig.llama(49152, 576, 30, 9, 3, 64, 1536, 512, 1e-5, 100_000, true, 1, 2, 0);

    private static final String FP32 = "training step, fp32";
    private static final String BF16 = "training step, bf16";
    private static final String REWARD = "reward step, fp32";
    private static final String SAMPLING = "sampling, batch 64";
    private static final int MATRIX = 1536;
    private static final int SAMPLED_ROWS = 64;
    private static final int PROMPT = 24;
    private static final int ANSWER = 48;

    private final int rounds;
    private final Consumer<String> progress;

    TrainerBenchmark(int rounds, Consumer<String> progress) {
        this.rounds = rounds;
        this.progress = progress;
    }

    /// What the rounds measured of one piece of work.
    ///
    /// @param rates operations a second
    /// @param shares of the matrix product's rate just before and just after
    private record Measured(List<Double> rates, List<Double> shares) {
        Measured() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /// All figures.
    List<Figure> run(boolean larger) {
        List<Figure> figures = new ArrayList<>();
        try (NDManager manager = ComputeDevice.CPU.open()) {
            figures.addAll(shape(manager, SEED, "seed", SEED_ROWS));
            if (larger) {
                figures.addAll(shape(manager, LARGER, "135M", 1));
            }
        }
        return figures;
    }

    private List<Figure> shape(NDManager manager, ModelConfig config, String name, int batch) {
        float[] head = new float[config.hidden()];
        try (Llama model = Llama.random(manager, config, 1);
                AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.PRETRAINING);
                ScalarModel scalar =
                        ScalarModel.from(manager, model, new ScalarModel.Heads(head, head));
                AdamW scalarOptimizer =
                        new AdamW(scalar.parameters(), AdamW.Settings.PRETRAINING)) {
            Map<String, DoubleSupplier> work = new LinkedHashMap<>();
            work.put(FP32, () -> training(manager, model, optimizer, batch, false));
            work.put(BF16, () -> training(manager, model, optimizer, batch, true));
            work.put(REWARD, () -> reward(manager, scalar, scalarOptimizer, batch));
            work.put(SAMPLING, () -> sampling(model));
            Map<String, Measured> measured = measure(manager, name, work);
            return List.of(
                    figure(name, FP32, measured, 0.70, 0.85),
                    Figure.of(
                            name + " " + BF16,
                            quotients(of(measured, BF16).rates, of(measured, FP32).rates),
                            1.4,
                            1.8,
                            "fp32's speed"),
                    figure(name, REWARD, measured, 0.60, 0.75),
                    figure(name, SAMPLING, measured, 0.40, 0.60));
        }
    }

    /// The limit moves with the machine's clock and its neighbours, by a factor of two within
    /// minutes, so each piece of work has its own beside it.
    private Map<String, Measured> measure(
            NDManager manager, String name, Map<String, DoubleSupplier> work) {
        Map<String, Measured> measured = new LinkedHashMap<>();
        work.keySet().forEach(item -> measured.put(item, new Measured()));
        for (int round = -1; round < rounds; round++) {
            double before = matmul(manager);
            for (Map.Entry<String, DoubleSupplier> item : work.entrySet()) {
                double rate = item.getValue().getAsDouble();
                double after = matmul(manager);
                double limit = (before + after) / 2;
                progress.accept(
                        "%s %s: %.1f of %.1f GFLOP/s%s"
                                .formatted(
                                        name,
                                        item.getKey(),
                                        rate / 1e9,
                                        limit / 1e9,
                                        round < 0 ? " (warm-up)" : ""));
                if (round >= 0) {
                    Measured of = of(measured, item.getKey());
                    of.rates.add(rate);
                    of.shares.add(rate / limit);
                }
                before = after;
            }
        }
        return measured;
    }

    private static Figure figure(
            String shape, String work, Map<String, Measured> measured, double bar, double aim) {
        return Figure.of(
                shape + " " + work, of(measured, work).shares, bar, aim, "matmul's GFLOP/s");
    }

    private static Measured of(Map<String, Measured> measured, String work) {
        return Objects.requireNonNull(measured.get(work));
    }

    private static List<Double> quotients(List<Double> ours, List<Double> others) {
        List<Double> quotients = new ArrayList<>();
        for (double rate : ours) {
            quotients.add(rate / others.get(quotients.size()));
        }
        return quotients;
    }

    /// Operations a second of a large matrix product.
    static double matmul() {
        try (NDManager manager = ComputeDevice.CPU.open()) {
            return matmul(manager);
        }
    }

    private static double matmul(NDManager manager) {
        try (Step step = Step.open(manager)) {
            NDArray a = step.manager().randomNormal(new Shape(MATRIX, MATRIX));
            NDArray b = step.manager().randomNormal(new Shape(MATRIX, MATRIX));
            int times = 12;
            a.matMul(b).close();
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                a.matMul(b).close();
            }
            return times * 2.0 * MATRIX * MATRIX * MATRIX / seconds(start);
        }
    }

    private static double training(
            NDManager manager, Llama model, AdamW optimizer, int batch, boolean bfloat16) {
        int times = batch > 1 ? 4 : 1;
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            train(manager, model, optimizer, batch, bfloat16);
        }
        return times
                * new Flops(model.config()).training(batch, model.config().context())
                / seconds(start);
    }

    /// One training step on rows of random tokens as long as the context.
    static void train(
            NDManager manager, Llama model, AdamW optimizer, int batch, boolean bfloat16) {
        try (Step step = Step.open(manager)) {
            NDArray tokens = tokens(step, model.config(), batch);
            step.backward(() -> model.loss(tokens, tokens, bfloat16));
            optimizer.step(1e-4, 1);
        }
    }

    private static double reward(NDManager manager, ScalarModel model, AdamW optimizer, int batch) {
        int times = batch > 1 ? 4 : 1;
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            try (Step step = Step.open(manager)) {
                NDArray tokens = tokens(step, model.config(), batch);
                NDArray response = step.manager().ones(tokens.getShape(), DataType.FLOAT32);
                step.backward(() ->
                        model.values(new DecoderInput.Tokens(tokens), response).square().mean());
                optimizer.step(1e-4, 1);
            }
        }
        return times
                * 3
                * new Flops(model.config()).forward(batch, model.config().context(), 0)
                / seconds(start);
    }

    private static double sampling(Llama model) {
        SplittableRandom random = new SplittableRandom(5);
        List<Integer> prompt = new ArrayList<>();
        for (int t = 0; t < PROMPT; t++) {
            prompt.add(random.nextInt(8, model.config().vocab()));
        }
        long start = System.nanoTime();
        List<Sampler.Sampled> answers =
                Sampler.sample(model, Collections.nCopies(SAMPLED_ROWS, prompt), 1, ANSWER, 7);
        double seconds = seconds(start);
        Flops flops = new Flops(model.config());
        double sum = flops.forward(SAMPLED_ROWS, PROMPT, SAMPLED_ROWS);
        for (Sampler.Sampled answer : answers) {
            for (int t = 1; t < answer.tokenIds().size(); t++) {
                sum += flops.decode(PROMPT + t);
            }
        }
        return sum / seconds;
    }

    private static NDArray tokens(Step step, ModelConfig config, int batch) {
        return step.manager()
                .randomInteger(
                        8, config.vocab(), new Shape(batch, config.context()), DataType.INT64);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
