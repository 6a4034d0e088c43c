package io.thumbwheel.trainer.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The file of weights beside an ONNX graph (ONNX "external data"): tensors one after another, each
/// on a page boundary so that it can be mapped.
final class ExternalWeights implements WeightSink, AutoCloseable {
    private static final int PAGE = 4096;

    private final String location;
    private final FileChannel channel;
    private long end;

    /// Creates or replaces `file`.
    ExternalWeights(Path file) throws IOException {
        location = file.getFileName().toString();
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
    }

    @Override
    public TensorProto write(String name, float[] values, long... shape) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return write(name, TensorProto.DataType.FLOAT, bytes, shape);
    }

    @Override
    public TensorProto write(String name, TensorProto.DataType type, byte[] values, long... shape)
            throws IOException {
        return write(name, type, ByteBuffer.wrap(values), shape);
    }

    private TensorProto write(
            String name, TensorProto.DataType type, ByteBuffer bytes, long... shape)
            throws IOException {
        long offset = (end + PAGE - 1) / PAGE * PAGE;
        for (long at = offset; bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
        }
        end = offset + bytes.capacity();
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type.getNumber())
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", location))
                        .addExternalData(entry("offset", Long.toString(offset)))
                        .addExternalData(entry("length", Integer.toString(bytes.capacity())));
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor.build();
    }

    /// Makes sure that the disk has it all.
    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
