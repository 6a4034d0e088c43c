package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Step;
import org.junit.jupiter.api.Test;

class PpoLossTest {

    private static final PpoConfig CONFIG = Toy.once();

    @Test
    void policyLossByHand() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Step step = Step.open(manager)) {
            // ratios 1, 1.5, 0.5, 1.5, 5 with advantages 2, 1, 1, -1, -1
            NDArray logProbs =
                    step.manager()
                            .create(
                                    new float[] {
                                        -1,
                                        (float) Math.log(1.5),
                                        (float) Math.log(0.5),
                                        (float) Math.log(1.5),
                                        (float) Math.log(5)
                                    });
            logProbs.setRequiresGradient(true);

            float loss =
                    step.backward(() ->
                            PpoLoss.policy(
                                    logProbs,
                                    new float[] {-1, 0, 0, 0, 0},
                                    new float[] {2, 1, 1, -1, -1},
                                    10,
                                    CONFIG));

            // (-2 - 1.2 - 0.5 + 1.5 + 3) / 10; the last one is held at 3 by the dual clip
            assertThat(loss).isCloseTo(0.08f, within(1e-6f));
            // a clipped ratio has no gradient: -2/10, 0, -0.5/10, 1.5/10, 0
            assertThat(logProbs.getGradient().toFloatArray())
                    .containsExactly(new float[] {-0.2f, 0, -0.05f, 0.15f, 0}, within(1e-6f));
        }
    }

    @Test
    void valueLossByHand() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Step step = Step.open(manager)) {
            // inside the clip; outside and nearer to the return; outside and farther
            NDArray values = step.manager().create(new float[] {1.1f, 2, 0});
            values.setRequiresGradient(true);

            float loss =
                    step.backward(() ->
                            PpoLoss.value(
                                    values,
                                    new float[] {1, 1, 1},
                                    new float[] {2, 2, 2},
                                    3,
                                    CONFIG));

            // 0.5 * (0.9^2 + max(0, 0.8^2) + max(2^2, 1.2^2)) / 3
            assertThat(loss).isCloseTo((0.81f + 0.64f + 4) / 6, within(1e-5f));
            assertThat(values.getGradient().toFloatArray())
                    .containsExactly(new float[] {-0.3f, 0, -2f / 3}, within(1e-5f));
        }
    }

    @Test
    void klLossByHand() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Step step = Step.open(manager)) {
            // log π_ref - log π is 0, log 2 and -log 2
            NDArray logProbs =
                    step.manager()
                            .create(new float[] {-1, -1, -1 + (float) Math.log(2)}); // [tokens]
            logProbs.setRequiresGradient(true);

            float loss =
                    step.backward(() ->
                            PpoLoss.kl(
                                    logProbs, new float[] {-1, -1 + (float) Math.log(2), -1}, 3));

            // 0, 2 - 1 - log 2 and 1/2 - 1 + log 2, by three
            assertThat(loss).isCloseTo(0.5f / 3, within(1e-6f));
            // 1 - exp(d), by three
            assertThat(logProbs.getGradient().toFloatArray())
                    .containsExactly(new float[] {0, -1f / 3, 0.5f / 3}, within(1e-6f));
        }
    }
}
