package io.thumbwheel.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.List;

/// An ONNX graph in the making: nodes, inputs and outputs by name.
final class GraphNodes {
    /// Domain of ONNX Runtime's own operators.
    static final String MICROSOFT = "com.microsoft";

    /// Domain of the ONNX standard.
    static final String ONNX = "";

    private final GraphProto.Builder graph = GraphProto.newBuilder();

    GraphNodes(String name) {
        graph.setName(name);
    }

    GraphProto build() {
        return graph.build();
    }

    /// Adds a weight; returns its name.
    String weight(TensorProto tensor) {
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    /// Adds a one-dimensional int64 constant; returns its name.
    String constant(String name, long... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(TensorProto.DataType.INT64.getNumber())
                        .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
        return name;
    }

    /// Adds an input; each dimension is a number or the name of one that varies.
    String input(String name, TensorProto.DataType type, Object... dimensions) {
        graph.addInput(value(name, type, dimensions));
        return name;
    }

    /// Names a node's result an output of the graph.
    void output(String name, TensorProto.DataType type, Object... dimensions) {
        graph.addOutput(value(name, type, dimensions));
    }

    /// Adds a node with one result; returns the result's name.
    String node(
            String domain,
            String operator,
            List<String> inputs,
            String output,
            AttributeProto... attributes) {
        node(domain, operator, inputs, List.of(output), attributes);
        return output;
    }

    /// Adds a node; an empty name leaves an optional input or output out.
    void node(
            String domain,
            String operator,
            List<String> inputs,
            List<String> outputs,
            AttributeProto... attributes) {
        graph.addNode(
                NodeProto.newBuilder()
                        .setName(operator + "_" + graph.getNodeCount())
                        .setDomain(domain)
                        .setOpType(operator)
                        .addAllInput(inputs)
                        .addAllOutput(outputs)
                        .addAllAttribute(List.of(attributes)));
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    static AttributeProto attribute(String name, TensorProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value)
                .build();
    }

    /// A float without dimensions.
    static TensorProto scalar(String name, float value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData(value)
                .build();
    }

    /// A byte without dimensions.
    ///
    /// @param type int8 or uint8
    static TensorProto scalar(String name, TensorProto.DataType type, byte value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(ByteString.copyFrom(new byte[] {value}))
                .build();
    }

    private static ValueInfoProto value(
            String name, TensorProto.DataType type, Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            switch (dimension) {
                case String varies -> shape.addDimBuilder().setDimParam(varies);
                case Number fixed -> shape.addDimBuilder().setDimValue(fixed.longValue());
                case Object other ->
                        throw new IllegalArgumentException(
                                "a dimension is a number or a name, got " + other);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type.getNumber())
                                                .setShape(shape)))
                .build();
    }
}
