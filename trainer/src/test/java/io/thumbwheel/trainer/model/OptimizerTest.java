package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptimizerTest {
    @Test
    void adamTakesTheStepOfTheFormula() {
        try (NDManager manager = TinyModel.manager()) {
            NDArray matrix = manager.create(new float[] {1, -2}, new Shape(1, 2));
            NDArray vector = manager.create(new float[] {3});
            matrix.setRequiresGradient(true);
            vector.setRequiresGradient(true);
            var settings = new AdamW.Settings(0.9, 0.99, 0, 0.1);

            try (AdamW adam = new AdamW(List.of(matrix, vector), settings);
                    Step step = Step.open(manager)) {
                NDArray slope = step.manager().create(new float[] {3, 4}, new Shape(1, 2));
                step.backward(() -> slope.mul(matrix).sum().add(vector.mul(12).sum()));
                float norm = adam.step(0.5, 1);

                // Gradients 3, 4, 12 have norm 13. The first step of Adam is the sign of the
                // gradient; only the matrix decays, by 0.5 * 0.1.
                assertThat(norm).isCloseTo(13, within(1e-5f));
                assertThat(matrix.toFloatArray())
                        .containsExactly(new float[] {0.95f - 0.5f, -1.9f - 0.5f}, within(1e-5f));
                assertThat(vector.toFloatArray())
                        .containsExactly(new float[] {2.5f}, within(1e-5f));
                assertThat(matrix.getGradient().toFloatArray()).containsExactly(0, 0);
            }
        }
    }

    @Test
    void clippingScalesTheGradientToTheLimit() {
        try (NDManager manager = TinyModel.manager()) {
            NDArray weight = manager.create(new float[] {0, 0}, new Shape(1, 2));
            weight.setRequiresGradient(true);
            // With beta1 = beta2 = 0 and a large epsilon the step is gradient / epsilon.
            var settings = new AdamW.Settings(0, 0, 1e6, 0);

            try (AdamW adam = new AdamW(List.of(weight), settings);
                    Step step = Step.open(manager)) {
                NDArray slope = step.manager().create(new float[] {30, 40}, new Shape(1, 2));
                step.backward(() -> slope.mul(weight).sum());
                adam.step(1e6, 5);

                assertThat(weight.toFloatArray())
                        .containsExactly(new float[] {-3, -4}, within(1e-3f));
            }
        }
    }

    @Test
    void bothLearnByHeart() {
        try (NDManager manager = TinyModel.manager();
                Llama adams = Llama.random(manager, TinyModel.UNTIED, 7);
                Llama muons = adams.copy(manager);
                AdamW adam = new AdamW(adams.parameters(), AdamW.Settings.PRETRAINING);
                Muon muon = new Muon(muons, AdamW.Settings.PRETRAINING)) {
            float adamLoss = 0;
            float muonLoss = 0;
            for (int i = 0; i < 60; i++) {
                try (Step step = Step.open(manager)) {
                    NDArray tokens = TinyModel.tokens(step.manager(), 2, 12, 5);
                    adamLoss = step.backward(() -> adams.logProbs(tokens, 1).mean().neg());
                    adam.step(1e-2, 1);
                    muonLoss = step.backward(() -> muons.logProbs(tokens, 1).mean().neg());
                    muon.step(1e-2, 1);
                }
            }

            // ln 61 = 4.1 nats before.
            assertThat(adamLoss).isLessThan(0.2f);
            assertThat(muonLoss).isLessThan(0.2f);
        }
    }

    @Test
    void aRestoredOptimizerContinuesBitForBit(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("optimizer.safetensors");
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, TinyModel.TIED, 7);
                Muon muon = new Muon(model, AdamW.Settings.PRETRAINING)) {
            train(manager, model, muon, 3);
            muon.save(file);

            try (Llama other = model.copy(manager);
                    Muon restored = new Muon(other, AdamW.Settings.PRETRAINING)) {
                restored.restore(file);
                train(manager, model, muon, 2);
                train(manager, other, restored, 2);
                for (int i = 0; i < model.parameters().size(); i++) {
                    assertThat(other.parameters().get(i).toFloatArray())
                            .isEqualTo(model.parameters().get(i).toFloatArray());
                }
            }
        }
    }

    private static void train(NDManager manager, Llama model, Muon muon, int steps) {
        for (int i = 0; i < steps; i++) {
            try (Step step = Step.open(manager)) {
                NDArray tokens = TinyModel.tokens(step.manager(), 2, 12, i);
                step.backward(() -> model.loss(tokens, tokens, true));
                muon.step(1e-2, 1);
            }
        }
    }
}
