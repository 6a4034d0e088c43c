package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import java.util.function.DoubleUnaryOperator;

/// What the decoder's kernels need besides weights: rotary tables, and the configuration as numbers
/// (decoder.torchscript).
///
/// @param cosine [context, headDim]
/// @param sine [context, headDim]
/// @param shape [8], in the weights' own type
/// @param bfloat16Shape [8], with linear layers and attention in bfloat16
record DecoderConstants(NDArray cosine, NDArray sine, NDArray shape, NDArray bfloat16Shape) {

    /// @param manager owns the tables
    /// @param host owns what operations only read as numbers
    static DecoderConstants of(
            NDManager manager, NDManager host, ModelConfig config, DataType type) {
        double[] angles = rotaryAngles(config);
        Shape table = new Shape(config.context(), config.headDim());
        int own = type == DataType.FLOAT64 ? 7 : 6;
        double[] sizes = {
            config.headDim(),
            config.normEpsilon(),
            own,
            own,
            0,
            config.family().biases() ? 1 : 0,
            config.family().headNorms() ? 1 : 0,
            config.window()
        };
        NDArray shape = host.create(sizes);
        sizes[2] = TorchScript.BFLOAT16;
        DecoderConstants constants =
                new DecoderConstants(
                        table(manager, angles, Math::cos, table, type),
                        table(manager, angles, Math::sin, table, type),
                        shape,
                        host.create(sizes));
        NDScope.unregister(
                constants.cosine, constants.sine, constants.shape, constants.bfloat16Shape);
        return constants;
    }

    private static NDArray table(
            NDManager manager,
            double[] angles,
            DoubleUnaryOperator function,
            Shape size,
            DataType type) {
        double[] values = new double[angles.length];
        float[] floats = new float[angles.length];
        for (int i = 0; i < angles.length; i++) {
            values[i] = function.applyAsDouble(angles[i]);
            floats[i] = (float) values[i];
        }
        return type == DataType.FLOAT64
                ? manager.create(values, size)
                : manager.create(floats, size);
    }

    /// Position times frequency [context, headDim]; the frequencies repeat in the second half.
    private static double[] rotaryAngles(ModelConfig config) {
        int width = config.headDim();
        double[] frequencies = config.rotaryFrequencies();
        double[] angles = new double[config.context() * width];
        for (int position = 0; position < config.context(); position++) {
            for (int i = 0; i < width; i++) {
                angles[position * width + i] = position * frequencies[i % (width / 2)];
            }
        }
        return angles;
    }
}
