package io.thumbwheel.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FlopsTest {

    /// Per layer: queries and output 192 x 192, keys and values 64 x 192, three of 512 x 192.
    @Test
    void countsTheSeedPolicysMatrices() {
        double layers = 6 * (2 * 192 * 192 + 2 * 64 * 192 + 3 * 512 * 192);
        double head = 4096 * 192;
        double attention = 4 * 6 * 192;
        Flops flops = new Flops(TrainerBenchmark.SEED);

        assertThat(flops.decode(10)).isEqualTo(2 * (layers + head) + 10 * attention);
        assertThat(flops.forward(2, 100)).isEqualTo(200 * (2 * (layers + head) + 50 * attention));
        assertThat(flops.forward(2, 100, 7))
                .isEqualTo(200 * (2 * layers + 50 * attention) + 7 * 2 * head);
        assertThat(flops.training(2, 100)).isEqualTo(3 * flops.forward(2, 100));
    }

    /// Twice the 134,515,008 parameters that SmolLM2-135M is published with, but for its 61 norms.
    @Test
    void aTokenNeedsTwiceTheParameters() {
        double norms = 61 * 576;

        assertThat(new Flops(TrainerBenchmark.LARGER).decode(0))
                .isCloseTo(2 * (134_515_008 - norms), within(1.0));
    }
}
