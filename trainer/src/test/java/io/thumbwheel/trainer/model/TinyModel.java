package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ModelFamily;
import io.thumbwheel.schemas.artifact.RopeScaling;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The smallest decoder that has everything: two layers, grouped queries.
final class TinyModel {
    static final ModelConfig TIED = config(true);
    static final ModelConfig UNTIED = config(false);

    static final ModelConfig LONG_LLAMA = of(ModelFamily.LLAMA, new RopeScaling(8, 1, 4, 32), 0);
    static final ModelConfig MISTRAL = of(ModelFamily.MISTRAL, null, 5);
    static final ModelConfig QWEN2 = of(ModelFamily.QWEN2, null, 0);
    static final ModelConfig QWEN3 = of(ModelFamily.QWEN3, null, 0);

    private TinyModel() {}

    /// The same with heads that ONNX Runtime takes.
    static List<ModelConfig> wideFamilies() {
        return families().stream().map(TinyModel::wide).toList();
    }

    static ModelConfig wide(ModelConfig config) {
        return with(config, 16, config.context());
    }

    /// The same with a context of 1,100.
    static ModelConfig longer(ModelConfig config) {
        return with(config, config.headDim(), 1100);
    }

    private static ModelConfig with(ModelConfig c, int headDim, int context) {
        return new ModelConfig(
                c.family(),
                c.vocab(),
                c.hidden(),
                c.layers(),
                c.heads(),
                c.keyValueHeads(),
                headDim,
                c.ffn(),
                context,
                c.normEpsilon(),
                c.ropeTheta(),
                c.ropeScaling(),
                c.window(),
                c.tied(),
                c.bosId(),
                c.eosId(),
                c.padId());
    }

    /// One of each family.
    static List<ModelConfig> families() {
        return List.of(TIED, UNTIED, LONG_LLAMA, MISTRAL, QWEN2, QWEN3);
    }

    private static ModelConfig of(ModelFamily family, @Nullable RopeScaling scaling, int window) {
        return new ModelConfig(
                family, 61, 32, 2, 4, 2, 8, 48, 40, 1e-5, 10_000, scaling, window, true, 1, 2, 0);
    }

    private static ModelConfig config(boolean tied) {
        return ModelConfig.llama(61, 32, 2, 4, 2, 8, 48, 40, 1e-5, 10_000, tied, 1, 2, 0);
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
