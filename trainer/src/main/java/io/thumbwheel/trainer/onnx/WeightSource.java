package io.thumbwheel.trainer.onnx;

import java.nio.FloatBuffer;
import java.util.List;

/// Where the weights of a policy come from, by their names in Hugging Face's checkpoints.
@FunctionalInterface
public interface WeightSource {
    /// Copies a tensor of this shape into the buffer, from its position on.
    void read(String name, List<Long> shape, FloatBuffer target);
}
