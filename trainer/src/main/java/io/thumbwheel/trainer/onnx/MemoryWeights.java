package io.thumbwheel.trainer.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/// The weights of an fp32 graph in memory, for a session that is made without files. Owns the
/// tensors; a session that was given them must be closed before.
final class MemoryWeights implements WeightSink, AutoCloseable {
    private final OrtEnvironment environment;
    private final Arena arena = Arena.ofConfined();
    private final Map<String, OnnxTensorLike> tensors = new HashMap<>();

    MemoryWeights(OrtEnvironment environment) {
        this.environment = environment;
    }

    /// All of them by name, as a session takes them.
    Map<String, OnnxTensorLike> tensors() {
        return tensors;
    }

    @Override
    public TensorProto write(String name, float[] values, long... shape) {
        FloatBuffer copy =
                arena.allocate((long) values.length * Float.BYTES, Float.BYTES)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        copy.put(values).rewind();
        try {
            tensors.put(name, OnnxTensor.createTensor(environment, copy, shape));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not take weight " + name, e);
        }
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(TensorProto.DataType.FLOAT.getNumber())
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(
                                StringStringEntryProto.newBuilder()
                                        .setKey("location")
                                        .setValue("memory"));
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor.build();
    }

    @Override
    public TensorProto write(String name, TensorProto.DataType type, byte[] values, long... shape) {
        throw new UnsupportedOperationException("a graph in memory is fp32: " + name);
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensorLike::close);
        tensors.clear();
        arena.close();
    }
}
