package io.thumbwheel.trainer.release;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/// Random weights large enough that logits differ by whole units: errors cannot hide.
final class RandomCheckpoint {
    private RandomCheckpoint() {}

    /// Two layers, hidden 32, four heads of 16 over two of keys and values.
    static ModelConfig tiny(boolean tied) {
        return new ModelConfig(120, 32, 2, 4, 2, 16, 48, 64, 1e-5, 10_000, tied, 1, 2, 0);
    }

    static void write(Path folder, ModelConfig config, long seed) throws IOException {
        Random random = new Random(seed);
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        TensorNames.shapes(config)
                .forEach((name, shape) -> {
                    long size = shape.stream().reduce(1L, Math::multiplyExact);
                    float[] values = new float[(int) size];
                    boolean norm = shape.size() == 1;
                    double scale = norm ? 0.2 : 1 / Math.sqrt(shape.getLast());
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) ((norm ? 1 : 0) + scale * random.nextGaussian());
                    }
                    tensors.put(name, new Safetensors.Tensor(shape, FloatBuffer.wrap(values)));
                });
        config.write(folder);
        Safetensors.write(
                folder.resolve(Safetensors.FILE), tensors, Safetensors.Precision.F32, Map.of());
    }
}
