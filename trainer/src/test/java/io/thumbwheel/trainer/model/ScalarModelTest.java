package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalarModelTest {
    private static final ScalarModel.Heads HEADS = new ScalarModel.Heads(ramp(0.1f), ramp(-0.2f));

    private static float[] ramp(float slope) {
        float[] values = new float[32];
        for (int i = 0; i < 32; i++) {
            values[i] = slope * (i - 12) / 32;
        }
        return values;
    }

    @Test
    void readsBackWhatItWrote(@TempDir Path folder) throws IOException {
        try (NDManager manager = TinyModel.manager();
                Llama body = Llama.random(manager, TinyModel.TIED, 7);
                ScalarModel model = ScalarModel.from(manager, body, HEADS);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 3, 8, 1);
            NDArray response = step.manager().ones(tokens.getShape());
            float[] values = model.values(new DecoderInput.Tokens(tokens), response).toFloatArray();
            model.save(folder);

            try (ScalarModel loaded = ScalarModel.load(manager, folder);
                    ScalarModel copy = loaded.copy(manager)) {
                assertThat(values).hasSize(24);
                assertThat(loaded.values(new DecoderInput.Tokens(tokens), response).toFloatArray())
                        .isEqualTo(values);
                assertThat(copy.values(new DecoderInput.Tokens(tokens), response).toFloatArray())
                        .isEqualTo(values);
            }
        }
    }

    @Test
    void gradientsReachHeadAndBody() {
        try (NDManager manager = TinyModel.manager();
                Llama body = Llama.random(manager, TinyModel.UNTIED, 7);
                ScalarModel model = ScalarModel.from(manager, body, HEADS);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 3, 8, 1);
            NDArray response = step.manager().ones(tokens.getShape());

            step.backward(
                    () -> model.values(new DecoderInput.Tokens(tokens), response).square().mean());

            // The untied output head is no part of it: 2 layers of 9, embedding, norm, two heads.
            assertThat(model.parameters()).hasSize(22);
            for (NDArray parameter : model.parameters()) {
                assertThat(parameter.getGradient().abs().sum().getFloat()).isPositive();
            }
            assertThat(body.parameters().getFirst().getGradient().abs().sum().getFloat()).isZero();
        }
    }

    @Test
    void valuesAreWhatTheHeadsMakeOfTheFeatures() {
        try (NDManager manager = TinyModel.manager();
                Llama body = Llama.random(manager, TinyModel.TIED, 7);
                ScalarModel model = ScalarModel.from(manager, body, HEADS);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 1, 5, 1);
            NDArray response = step.manager().create(new float[][] {{0, 0, 1, 1, 0}});

            float value = model.values(new DecoderInput.Tokens(tokens), response).getFloat(0, 3);

            float[] features =
                    ScalarModel.features(
                                    body, tokens, response, step.manager().create(new long[] {3}))
                            .toFloatArray();
            double expected = 0;
            for (int i = 0; i < 32; i++) {
                expected += (double) HEADS.score()[i] * features[i];
                expected += (double) HEADS.count()[i] * features[32 + i];
            }
            assertThat(value).isCloseTo((float) expected, within(1e-5f));
        }
    }
}
