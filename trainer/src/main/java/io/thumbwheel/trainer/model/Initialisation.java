package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Fresh weights: normal, embedding and biases with deviation 0.02, linear layers with 0.6 / √in,
/// those that write to the residual stream smaller by √(2 · layers); norms are 1.
final class Initialisation {
    private static final double EMBEDDING = 0.02;
    private static final double LINEAR = 0.6;

    private Initialisation() {}

    /// Overwrites all weights.
    ///
    /// @param parameters in the order of [TensorNames]
    static void fill(List<NDArray> parameters, ModelConfig config, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int index = 0;
        for (Map.Entry<String, List<Long>> tensor : TensorNames.shapes(config).entrySet()) {
            double deviation = deviation(tensor.getKey(), tensor.getValue(), config);
            fill(
                    parameters.get(index++),
                    deviation == 0 ? () -> 1 : () -> random.nextGaussian() * deviation);
        }
    }

    private static void fill(NDArray parameter, DoubleSupplier values) {
        boolean wide = parameter.getDataType() == DataType.FLOAT64;
        TensorValues.write(
                parameter,
                buffer -> {
                    for (long i = 0; i < parameter.size(); i++) {
                        if (wide) {
                            buffer.putDouble(values.getAsDouble());
                        } else {
                            buffer.putFloat((float) values.getAsDouble());
                        }
                    }
                });
    }

    /// 0 stands for a norm.
    private static double deviation(String name, List<Long> shape, ModelConfig config) {
        if (name.equals(TensorNames.EMBEDDING) || name.endsWith(".bias")) {
            return EMBEDDING;
        }
        if (shape.size() == 1) {
            return 0;
        }
        double deviation = LINEAR / Math.sqrt(shape.get(1));
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        return residual ? deviation / Math.sqrt(2.0 * config.layers()) : deviation;
    }
}
