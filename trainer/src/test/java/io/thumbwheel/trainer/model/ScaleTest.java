package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void aFactorIsStillThereForTheBackwardPass() {
        try (NDManager manager = TinyModel.manager()) {
            NDArray weights = manager.ones(new Shape(4));
            weights.setRequiresGradient(true);
            try (Step step = Step.open(manager)) {
                step.backward(() -> {
                    NDArray loss = Scale.by(Scale.over(weights, 2.0f), 6.0f).sum();
                    collectGarbage();
                    return loss;
                });

                assertThat(weights.getGradient().toFloatArray()).containsOnly(3);
            }
        }
    }

    /// Frees what Java's buffers held, and writes zeros where it was.
    private static void collectGarbage() {
        List<ByteBuffer> zeros = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int i = 0; i < 2000; i++) {
                zeros.add(ByteBuffer.allocateDirect(1 + i % 64));
            }
        }
        assertThat(zeros).hasSize(6000);
    }
}
