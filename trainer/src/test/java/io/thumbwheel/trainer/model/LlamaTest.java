package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.thumbwheel.schemas.artifact.ModelConfig;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaTest {
    static List<ModelConfig> configs() {
        return TinyModel.families();
    }

    @ParameterizedTest
    @MethodSource("configs")
    void agreesWithThePlainForwardPass(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, config, 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 3, 17, 1);

            float[] logits = model.logits(tokens).toFloatArray();

            float[] plain = new PlainLlama(model).logits(tokens).toFloatArray();
            assertThat(logits).hasSize(3 * 17 * 61).containsExactly(plain, within(1e-4f));
        }
    }

    /// Also of a model that has been run, whose weights were an argument of a function then.
    @Test
    void theEmbeddingIsTheRowsOfItsTokens() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.families().getFirst(), 7);
                Step step = Step.open(manager)) {
            model.logits(TinyModel.tokens(step.manager(), 1, 5, 1));

            float[] rows =
                    model.embedding(step.manager().create(new long[] {3, 60, 3})).toFloatArray();

            NDArray all = model.parameters().getFirst();
            float[] expected = all.get(3).concat(all.get(60)).concat(all.get(3)).toFloatArray();
            assertThat(rows).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void gradientsAgreeWithFiniteDifferences(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, config, 7, DataType.FLOAT64);
                Step step = Step.open(manager)) {
            differ(model, step, TinyModel.tokens(step.manager(), 2, 9, 2));
        }
    }

    /// Long enough for attention in blocks, and for linear layers as convolutions where 2 x 256
    /// positions learn.
    @ParameterizedTest
    @MethodSource("longRows")
    void longRowsAgreeWithThePlainForwardPass(ModelConfig config, int seq) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, config, 7);
                Llama precise = Llama.random(manager, config, 7, DataType.FLOAT64);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 2, seq, 2);

            float[] logits = model.logits(tokens).toFloatArray();

            float[] plain = new PlainLlama(model).logits(tokens).toFloatArray();
            assertThat(logits).containsExactly(plain, within(1e-4f));
            differ(precise, step, tokens);
            step.backward(() -> model.logProbs(tokens, 0.7).mean());
            for (int i = 0; i < model.parameters().size(); i++) {
                double[] wanted = precise.parameters().get(i).getGradient().toDoubleArray();
                float[] gradient = model.parameters().get(i).getGradient().toFloatArray();
                for (int at = 0; at < wanted.length; at++) {
                    assertThat((double) gradient[at])
                            .isCloseTo(wanted[at], within(1e-6 + 1e-3 * Math.abs(wanted[at])));
                }
            }
        }
    }

    /// As long as attention in blocks goes, and beyond.
    @ParameterizedTest
    @ValueSource(ints = {1024, 1030})
    void theLongestRowsAgreeWithThePlainForwardPass(int seq) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.longer(TinyModel.TIED), 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 1, seq, 2);

            float[] logits = model.logits(tokens).toFloatArray();

            float[] plain = new PlainLlama(model).logits(tokens).toFloatArray();
            assertThat(logits).containsExactly(plain, within(1e-4f));
        }
    }

    /// So that PPO's first ratio is 1, also where linear layers are convolutions (2 x 256
    /// positions).
    @ParameterizedTest
    @ValueSource(ints = {9, 257})
    void logProbsAreTheSameToTheBitWithAndWithoutGradients(int seq) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.longer(TinyModel.TIED), 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 2, seq, 2);
            float[] without = model.logProbs(tokens, 0.7).toFloatArray();

            step.backward(() -> {
                NDArray with = model.logProbs(tokens, 0.7);
                assertThat(with.toFloatArray()).isEqualTo(without);
                return with.mean();
            });
        }
    }

    @Test
    void noTokensHaveNoLogProbs() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                Step step = Step.open(manager)) {
            NDArray none = step.manager().create(new long[0]);
            DecoderInput tokens =
                    new DecoderInput.Tokens(TinyModel.tokens(step.manager(), 2, 5, 3));

            assertThat(model.logProbsAt(tokens, none, none, 1).toFloatArray()).isEmpty();
        }
    }

    static List<Arguments> longRows() {
        return List.of(
                arguments(TinyModel.longer(TinyModel.TIED), 257),
                arguments(TinyModel.longer(TinyModel.TIED), 299),
                arguments(TinyModel.longer(TinyModel.QWEN3), 299));
    }

    /// The gradients of the log-probs agree with finite differences.
    private static void differ(Llama model, Step step, NDArray tokens) {
        step.backward(() -> model.logProbs(tokens, 0.7).mean());

        double h = 1e-5;
        for (NDArray parameter : model.parameters()) {
            double[] gradient = parameter.getGradient().toDoubleArray();
            DoubleBuffer weights = parameter.toByteBuffer(true).asDoubleBuffer();
            int index = gradient.length / 3;
            double weight = weights.get(index);
            weights.put(index, weight + h);
            double above = model.logProbs(tokens, 0.7).mean().getDouble();
            weights.put(index, weight - h);
            double below = model.logProbs(tokens, 0.7).mean().getDouble();
            weights.put(index, weight);
            assertThat(gradient[index]).isCloseTo((above - below) / (2 * h), within(1e-7));
        }
    }

    @Test
    void logProbsAreThoseOfTheNextToken() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 2, 5, 3);

            NDArray logProbs = model.logProbs(tokens, 2);

            assertThat(logProbs.getShape().getShape()).containsExactly(2, 4);
            NDArray all = model.logits(tokens).div(2).logSoftmax(-1);
            for (int row = 0; row < 2; row++) {
                for (int t = 0; t < 4; t++) {
                    long next = tokens.getLong(row, t + 1);
                    assertThat(logProbs.getFloat(row, t))
                            .isCloseTo(all.getFloat(row, t, next), within(1e-5f));
                }
            }
            Llama.Likelihood both =
                    model.likelihoodAt(
                            new DecoderInput.Tokens(tokens),
                            step.manager().create(new long[] {0, 1, 2, 3, 5, 6, 7, 8}),
                            tokens.get(":, 1:").reshape(-1),
                            2);
            assertThat(both.logProbs().toFloatArray())
                    .containsExactly(logProbs.toFloatArray(), within(1e-5f));
            float[] entropy =
                    all.get(":, :-1")
                            .mul(all.get(":, :-1").exp())
                            .sum(new int[] {-1})
                            .neg()
                            .toFloatArray();
            assertThat(both.entropy().toFloatArray()).containsExactly(entropy, within(1e-4f));
        }
    }

    @Test
    void lossIsTheMeanOverTheTargetsThatCount() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                Step step = Step.open(manager)) {
            NDArray tokens = step.manager().create(new long[][] {{1, 5, 9, 4}});
            NDArray targets = step.manager().create(new long[][] {{-100, 9, -100, 2}});

            float loss = model.loss(tokens, targets, false).getFloat();

            NDArray all = model.logits(tokens).logSoftmax(-1);
            float expected = -(all.getFloat(0, 1, 9) + all.getFloat(0, 3, 2)) / 2;
            assertThat(loss).isCloseTo(expected, within(1e-5f));
            assertThat(model.loss(tokens, targets, true).getFloat())
                    .isCloseTo(expected, within(0.05f));
        }
    }

    @Test
    void dropoutIsDrawnAnewAndRepeatsWithTheEnginesSeed() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 2, 6, 4);
            Engine engine = Engine.getInstance();

            engine.setRandomSeed(1);
            float first = model.loss(tokens, tokens, false, 0.5).getFloat();
            float second = model.loss(tokens, tokens, false, 0.5).getFloat();
            engine.setRandomSeed(1);
            float again = model.loss(tokens, tokens, false, 0.5).getFloat();

            assertThat(again).isEqualTo(first).isNotEqualTo(second);
            assertThat(model.loss(tokens, tokens, false, 0).getFloat())
                    .isEqualTo(model.loss(tokens, tokens, false).getFloat());
        }
    }

    @Test
    void paddingChangesNothingBeforeIt() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 2, 6, 4);
            NDArray padded =
                    tokens.concat(
                            step.manager().zeros(tokens.getShape()).toType(DataType.INT64, false),
                            1);

            float[] alone = model.hidden(new DecoderInput.Tokens(tokens)).toFloatArray();

            float[] before =
                    model.hidden(new DecoderInput.Tokens(padded)).get(":, :6").toFloatArray();
            assertThat(before).containsExactly(alone, within(1e-5f));
        }
    }

    @Test
    void savesAndLoadsTheSameWeights(@TempDir Path folder) throws IOException {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.UNTIED, 7)) {
            model.save(folder);

            try (Llama loaded = Llama.load(manager, folder);
                    Llama copy = loaded.copy(manager)) {
                assertThat(loaded.config()).isEqualTo(TinyModel.UNTIED);
                for (int i = 0; i < model.parameters().size(); i++) {
                    float[] expected = model.parameters().get(i).toFloatArray();
                    assertThat(loaded.parameters().get(i).toFloatArray()).isEqualTo(expected);
                    assertThat(copy.parameters().get(i).toFloatArray()).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void aStepLeavesNothingBehind() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.TUNING)) {
            int[] managed = new int[3];
            for (int i = 0; i < 3; i++) {
                try (Step step = Step.open(manager)) {
                    NDArray tokens = TinyModel.tokens(step.manager(), 2, 6, 4);
                    step.backward(() -> model.logProbs(tokens, 1).mean().neg());
                    optimizer.step(1e-3, 1);
                }
                managed[i] = model.manager().getManagedArrays().size();
            }

            assertThat(managed[1]).isEqualTo(managed[0]);
            assertThat(managed[2]).isEqualTo(managed[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void logProbsAtSomePositionsAreThoseOfAll(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, config, 7);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 2, 9, 2);
            long[] ids = tokens.toLongArray();
            float[] all = model.logProbs(tokens, 0.7).toFloatArray(); // [2 * 8]

            float[] some =
                    model.logProbsAt(
                                    new DecoderInput.Tokens(tokens),
                                    step.manager().create(new long[] {3, 7, 9}),
                                    step.manager().create(new long[] {ids[4], ids[8], ids[10]}),
                                    0.7)
                            .toFloatArray();

            assertThat(some).containsExactly(new float[] {all[3], all[7], all[8]}, within(1e-5f));
        }
    }
}
