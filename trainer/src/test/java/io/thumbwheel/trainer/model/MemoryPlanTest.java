package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.ModelConfig;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    /// 3,148,224 parameters.
    private static final ModelConfig SEED =
            ModelConfig.llama(4096, 192, 6, 6, 2, 32, 512, 256, 1e-5, 10_000, true, 1, 2, 0);

    @Test
    void countsLearnersFrozenModelsAndActivations() {
        MemoryPlan plan = MemoryPlan.of(SEED, 2, 3, 16, 72, 16 * 48);

        assertThat(plan.learning()).isEqualTo(2L * 16 * 3_148_224);
        assertThat(plan.resting()).isEqualTo(3L * 4 * 3_148_224);
        // 1,152 tokens keep 10 · 192 + 4 · 512 + 6 · 72 values in each of 6 layers, 768 logits
        // thrice
        assertThat(plan.activations())
                .isEqualTo(4L * (1_152 * 6 * (1_920 + 2_048 + 432) + 768 * 3 * 4_096));
        assertThat(plan.line("cpu", 1_000_000_000))
                .isEqualTo(
                        "memory: 2 learning 101 MB, 3 frozen 38 MB, activations about 159 MB; together 298 MB of 1,000 MB available on cpu");
    }

    @Test
    void whatCannotFitIsRefused() {
        assertThatThrownBy(() -> MemoryPlan.of(SEED, 2, 3, 16, 72, 768).line("cpu", 200_000_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("together 298 MB of 200 MB available on cpu: it cannot fit");
    }
}
