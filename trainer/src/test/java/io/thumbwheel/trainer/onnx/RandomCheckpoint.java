package io.thumbwheel.trainer.onnx;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ModelFamily;
import io.thumbwheel.schemas.artifact.RopeScaling;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Random weights large enough that logits differ by whole units: errors cannot hide.
public final class RandomCheckpoint {
    private RandomCheckpoint() {}

    /// Two layers, hidden 32, four heads of 16 over two of keys and values.
    public static ModelConfig tiny(boolean tied) {
        return ModelConfig.llama(120, 32, 2, 4, 2, 16, 48, 64, 1e-5, 10_000, tied, 1, 2, 0);
    }

    /// The same of every family.
    public static List<ModelConfig> families() {
        return List.of(
                tiny(true),
                tiny(false),
                of(ModelFamily.LLAMA, new RopeScaling(8, 1, 4, 32), 0),
                of(ModelFamily.MISTRAL, null, 5),
                of(ModelFamily.QWEN2, null, 0),
                of(ModelFamily.QWEN3, null, 0));
    }

    private static ModelConfig of(ModelFamily family, @Nullable RopeScaling scaling, int window) {
        return new ModelConfig(
                family, 120, 32, 2, 4, 2, 16, 48, 64, 1e-5, 10_000, scaling, window, true, 1, 2, 0);
    }

    public static void write(Path folder, ModelConfig config, long seed) throws IOException {
        write(folder, config, tensors(config, seed));
    }

    public static void write(Path folder, ModelConfig config, Map<String, float[]> weights)
            throws IOException {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        TensorNames.shapes(config)
                .forEach((name, shape) ->
                        tensors.put(
                                name,
                                new Safetensors.Tensor(
                                        shape, FloatBuffer.wrap(weights.get(name)))));
        Files.createDirectories(folder);
        config.write(folder);
        Safetensors.write(
                folder.resolve(Safetensors.FILE), tensors, Safetensors.Precision.F32, Map.of());
    }

    public static Map<String, float[]> tensors(ModelConfig config, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        TensorNames.shapes(config)
                .forEach((name, shape) -> tensors.put(name, values(shape, random)));
        return tensors;
    }

    private static float[] values(List<Long> shape, Random random) {
        float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
        boolean norm = shape.size() == 1;
        double scale = norm ? 0.2 : 1 / Math.sqrt(shape.getLast());
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((norm ? 1 : 0) + scale * random.nextGaussian());
        }
        return values;
    }
}
