package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.thumbwheel.serving.generation.PlainSoftmax;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrtSoftmaxTest {
    private static final int SLOTS = 3;
    private static final int VOCAB = 5_003;
    private static final float[] SCALES = {1, 1.25f, 2};

    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final FloatBuffer logits = floats();
    private final FloatBuffer probabilities = floats();
    private OrtSoftmax softmax;

    @BeforeEach
    void open() throws OrtException {
        Random random = new Random(1);
        for (int i = 0; i < SLOTS * VOCAB; i++) {
            logits.put(i, (float) (4 * random.nextGaussian()));
        }
        KvLayout layout = new KvLayout(1, 1, 8, VOCAB, SLOTS, 16, 0);
        softmax = new OrtSoftmax(environment, logits, probabilities, layout);
    }

    @AfterEach
    void close() {
        softmax.close();
    }

    @Test
    void theProbabilitiesAreThoseOfTheBook() throws OrtException {
        FloatBuffer expected = floats();
        PlainSoftmax.of(logits, SCALES, SLOTS, expected);

        softmax.of(SCALES, SLOTS);

        for (int i = 0; i < SLOTS * VOCAB; i++) {
            double ratio = (double) probabilities.get(i) / expected.get(i);
            assertThat(ratio).as("place %d", i).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void aRowDoesNotDependOnTheOthers() throws OrtException {
        softmax.of(SCALES, SLOTS);
        float[] together = new float[VOCAB];
        probabilities.get(0, together);

        softmax.of(SCALES, 1);

        float[] alone = new float[VOCAB];
        probabilities.get(0, alone);
        assertThat(alone).isEqualTo(together);
    }

    @Test
    void aRowThatIsNotFiniteIsNotANumber() throws OrtException {
        for (float bad : List.of(Float.NaN, Float.POSITIVE_INFINITY)) {
            float good = logits.get(VOCAB + 4_999);
            logits.put(VOCAB + 4_999, bad);

            softmax.of(SCALES, SLOTS);

            assertThat(probabilities.get(0)).isBetween(0f, 1f);
            assertThat(probabilities.get(VOCAB)).isNaN();
            assertThat(probabilities.get(2 * VOCAB)).isBetween(0f, 1f);
            logits.put(VOCAB + 4_999, good);
        }
        for (int i = VOCAB; i < 2 * VOCAB; i++) {
            logits.put(i, Float.NEGATIVE_INFINITY);
        }
        softmax.of(SCALES, SLOTS);
        assertThat(probabilities.get(VOCAB)).isNaN();
    }

    @Test
    void whatIsImpossibleWeighsNothing() throws OrtException {
        logits.put(7, Float.NEGATIVE_INFINITY);
        softmax.of(SCALES, SLOTS);
        assertThat(probabilities.get(7)).isZero();
        assertThat(probabilities.get(8)).isPositive();
    }

    /// The graph is a file of 150 bytes; this is how it was written.
    @Test
    void theGraphIsScaleAndSoftmax() throws IOException {
        GraphProto graph =
                GraphProto.newBuilder()
                        .setName("softmax")
                        .addNode(
                                NodeProto.newBuilder()
                                        .setOpType("Mul")
                                        .addInput("logits")
                                        .addInput("scale")
                                        .addOutput("scaled"))
                        .addNode(
                                NodeProto.newBuilder()
                                        .setOpType("Softmax")
                                        .addInput("scaled")
                                        .addOutput("probabilities"))
                        .addInput(rows("logits", "vocab"))
                        .addInput(rows("scale", "1"))
                        .addOutput(rows("probabilities", "vocab"))
                        .build();
        ModelProto model =
                ModelProto.newBuilder()
                        .setIrVersion(10)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(21))
                        .setGraph(graph)
                        .build();
        try (InputStream kept = OrtSoftmax.class.getResourceAsStream("softmax.onnx")) {
            assertThat(model.toByteArray()).isEqualTo(Objects.requireNonNull(kept).readAllBytes());
        }
    }

    /// A float tensor [rows, `width`].
    private static ValueInfoProto rows(String name, String width) {
        TensorShapeProto.Dimension.Builder last = TensorShapeProto.Dimension.newBuilder();
        if (width.equals("1")) {
            last.setDimValue(1);
        } else {
            last.setDimParam(width);
        }
        TensorShapeProto shape =
                TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                        .addDim(last)
                        .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(DataType.FLOAT.getNumber())
                                                .setShape(shape)))
                .build();
    }

    private static FloatBuffer floats() {
        return ByteBuffer.allocateDirect(SLOTS * VOCAB * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
