package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The smallest decoder that has everything: two layers, grouped queries.
final class TinyModel {
    static final ModelConfig TIED = config(true);
    static final ModelConfig UNTIED = config(false);

    private TinyModel() {}

    private static ModelConfig config(boolean tied) {
        return new ModelConfig(61, 32, 2, 4, 2, 8, 48, 40, 1e-5, 10_000, tied, 1, 2, 0);
    }

    static NDManager manager() {
        TorchScript.start();
        return NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    /// Uniform ids [batch, seq].
    static NDArray tokens(NDManager manager, int batch, int seq, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        long[] ids = new long[batch * seq];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(TIED.vocab());
        }
        return manager.create(ids, new Shape(batch, seq));
    }
}
