package io.thumbwheel.trainer.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;

/// Where the weights of a graph go: beside it, since a graph itself may have 2 GB at most.
interface WeightSink {
    /// Takes a tensor of floats.
    ///
    /// @return its entry in the graph's initializers
    TensorProto write(String name, float[] values, long... shape) throws IOException;

    /// Takes a tensor of bytes.
    ///
    /// @param type int8 or uint8
    /// @return its entry in the graph's initializers
    TensorProto write(String name, TensorProto.DataType type, byte[] values, long... shape)
            throws IOException;
}
