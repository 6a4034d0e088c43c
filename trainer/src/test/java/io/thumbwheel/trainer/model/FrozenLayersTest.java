package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One of two layers frozen, with the embedding.
class FrozenLayersTest {

    @ParameterizedTest
    @MethodSource("io.thumbwheel.trainer.model.TinyModel#families")
    void whatIsFrozenStaysToTheBitAndTheRestLearns(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, config, 7);
                Llama before = model.copy(manager)) {
            model.freeze(1);
            try (AdamW adam = new AdamW(model.learning(), AdamW.Settings.PRETRAINING)) {
                for (int i = 0; i < 3; i++) {
                    try (Step step = Step.open(manager)) {
                        NDArray tokens = TinyModel.tokens(step.manager(), 2, 12, i);
                        step.backward(() -> model.loss(tokens, tokens, false));
                        adam.step(1e-2, 1);
                    }
                }
            }

            List<String> names = List.copyOf(TensorNames.shapes(config).keySet());
            for (int i = 0; i < names.size(); i++) {
                float[] now = model.parameters().get(i).toFloatArray();
                float[] then = before.parameters().get(i).toFloatArray();
                if (isLower(names.get(i))) {
                    assertThat(now).as(names.get(i)).isEqualTo(then);
                } else {
                    assertThat(now).as(names.get(i)).isNotEqualTo(then);
                }
            }
            assertThat(model.sharesLower(before, 1)).isTrue();
            assertThat(model.sharesLower(before, 2)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("io.thumbwheel.trainer.model.TinyModel#families")
    void aSharedTrunkGivesThePolicysLossAndGradients(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama whole = Llama.random(manager, config, 7);
                Llama upper = whole.copy(manager)) {
            upper.freeze(1);

            Function<Step, DecoderInput> trunk = step -> upper.trunk(tokens(step), 1);
            float shared = loss(manager, upper, trunk);
            float apart = loss(manager, whole, step -> new DecoderInput.Tokens(tokens(step)));

            assertThat(shared).isCloseTo(apart, within(1e-6f));
            assertSame(
                    gradients(config, upper.parameters()), gradients(config, whole.parameters()));
        }
    }

    @ParameterizedTest
    @MethodSource("io.thumbwheel.trainer.model.TinyModel#families")
    void aSharedTrunkGivesTheValueModelsLossAndGradients(ModelConfig config) {
        float[] head = new float[config.hidden()];
        for (int i = 0; i < head.length; i++) {
            head[i] = 0.1f * (i % 3 - 1);
        }
        try (NDManager manager = TinyModel.manager();
                Llama body = Llama.random(manager, config, 7);
                ScalarModel whole =
                        ScalarModel.from(manager, body, new ScalarModel.Heads(head, head));
                ScalarModel upper = whole.copy(manager)) {
            upper.freeze(1);

            float shared = values(manager, upper, step -> body.trunk(tokens(step), 1));
            float apart = values(manager, whole, step -> new DecoderInput.Tokens(tokens(step)));

            assertThat(shared).isCloseTo(apart, within(1e-6f));
            assertSame(
                    gradients(config, upper.parameters()), gradients(config, whole.parameters()));
            assertThat(upper.sharesLower(body, 1)).isTrue();
        }
    }

    @Test
    void anAverageKeepsWhatIsFrozenToTheBit() {
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.TIED, 7);
                Llama other = Llama.random(manager, TinyModel.TIED, 8);
                Llama average = base.copy(manager)) {
            average.blend(base, 0.3);
            assertThat(average.sharesLower(base, 2)).isTrue();

            average.blend(other, 0.3);
            float own = base.parameters().getFirst().getFloat(5, 3);
            float blended = 0.3f * own + 0.7f * other.parameters().getFirst().getFloat(5, 3);
            assertThat(average.parameters().getFirst().getFloat(5, 3))
                    .isCloseTo(blended, within(1e-7f));
        }
    }

    @Test
    void moreThanHalfOfTheLayersIsRefused() {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7)) {
            assertThatThrownBy(() -> model.freeze(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("frozen layers must be from 0 to half of the model's 2, got 2");
        }
    }

    @Test
    void thePlanCountsNoGradientsAndMomentsOfWhatIsFrozen() {
        ModelConfig config = TinyModel.TIED;
        MemoryPlan all = MemoryPlan.of(config, 2, 1, 4, 10, 8);
        MemoryPlan some = MemoryPlan.of(config, 1, 2, 1, 4, 10, 8);

        // Embedding 61 · 32; queries and output 32 · 32, keys and values 16 · 32, three matrices
        // of 48 · 32, two norms.
        long still = 61 * 32 + 2 * 32 * 32 + 2 * 16 * 32 + 3 * 48 * 32 + 2 * 32;
        assertThat(all.learning() - some.learning()).isEqualTo(2 * 3 * 4 * still);
        assertThat(some.resting()).isEqualTo(all.resting());
        // A layer keeps 10 · 32 + 4 · 48 + 4 · 10 values at each of 40 positions; the trunk is 32.
        assertThat(all.activations() - some.activations()).isEqualTo(4 * 40 * (552 - 32));
    }

    private static NDArray tokens(Step step) {
        return TinyModel.tokens(step.manager(), 2, 12, 3);
    }

    private static float loss(NDManager manager, Llama model, Function<Step, DecoderInput> input) {
        try (Step step = Step.open(manager)) {
            DecoderInput from = input.apply(step);
            NDArray before = step.manager().create(new long[] {2, 3, 9, 14, 20});
            NDArray targets = step.manager().create(new long[] {7, 8, 9, 10, 11});
            return step.backward(
                    () -> model.logProbsAt(from, before, targets, 0.7).square().mean());
        }
    }

    private static float values(
            NDManager manager, ScalarModel model, Function<Step, DecoderInput> input) {
        try (Step step = Step.open(manager)) {
            DecoderInput from = input.apply(step);
            NDArray response = step.manager().ones(tokens(step).getShape(), DataType.FLOAT32);
            return step.backward(() -> model.values(from, response).square().mean());
        }
    }

    /// Gradients of what is not frozen, tensor after tensor.
    private static List<float[]> gradients(ModelConfig config, List<NDArray> parameters) {
        List<String> names = List.copyOf(TensorNames.shapes(config).keySet());
        List<float[]> gradients = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            if (i >= names.size() || !isLower(names.get(i))) {
                gradients.add(parameters.get(i).getGradient().toFloatArray());
            }
        }
        return gradients;
    }

    private static boolean isLower(String name) {
        return name.equals(TensorNames.EMBEDDING) || name.startsWith("model.layers.0.");
    }

    private static void assertSame(List<float[]> shared, List<float[]> apart) {
        assertThat(shared).hasSameSizeAs(apart);
        for (int i = 0; i < shared.size(); i++) {
            assertThat(shared.get(i)).containsExactly(apart.get(i), within(1e-6f));
        }
    }
}
