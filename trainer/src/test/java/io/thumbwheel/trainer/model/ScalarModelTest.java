package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalarModelTest {
    @Test
    void readsBackWhatItWrote(@TempDir Path folder) throws IOException {
        try (NDManager manager = TinyModel.manager();
                Llama body = Llama.random(manager, TinyModel.TIED, 7);
                ScalarModel model = ScalarModel.from(manager, body, 11);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 3, 8, 1);
            float[] values = model.values(tokens).toFloatArray();
            model.save(folder);

            try (ScalarModel loaded = ScalarModel.load(manager, folder);
                    ScalarModel copy = loaded.copy(manager)) {
                assertThat(values).hasSize(24);
                assertThat(loaded.values(tokens).toFloatArray()).isEqualTo(values);
                assertThat(copy.values(tokens).toFloatArray()).isEqualTo(values);
            }
        }
    }

    @Test
    void gradientsReachHeadAndBody() {
        try (NDManager manager = TinyModel.manager();
                Llama body = Llama.random(manager, TinyModel.UNTIED, 7);
                ScalarModel model = ScalarModel.from(manager, body, 11);
                Step step = Step.open(manager)) {
            NDArray tokens = TinyModel.tokens(step.manager(), 3, 8, 1);

            step.backward(() -> model.values(tokens).square().mean());

            // The untied output head is no part of it: 2 layers of 9, embedding, norm, score.
            assertThat(model.parameters()).hasSize(21);
            for (NDArray parameter : model.parameters()) {
                assertThat(parameter.getGradient().abs().sum().getFloat()).isPositive();
            }
            assertThat(body.parameters().getFirst().getGradient().abs().sum().getFloat()).isZero();
        }
    }
}
