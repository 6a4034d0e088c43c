package io.thumbwheel.trainer.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/// Writes a checkpoint as ONNX graphs that serving runs.
public final class OnnxExport {
    /// GroupQueryAttention turns heads whose width is a multiple of it.
    static final int HEAD_STEP = 16;

    private OnnxExport() {}

    /// Writes the fp32 graph and its weights into an existing folder; both are on the disk when it
    /// returns.
    ///
    /// @param huggingFaceFolder with config.json and weights
    /// @throws UnsupportedModelException where its heads are not a multiple of 16 wide
    public static void write(Path huggingFaceFolder, Path targetFolder) throws IOException {
        write(
                huggingFaceFolder,
                targetFolder,
                Precision.FP32.graph(),
                FloatMatrices::new,
                Map.of());
    }

    /// Writes a quantised graph beside the fp32 one that is there: what is not quantised
    /// (embedding, norms, rotary tables) it reads from that one's weights.
    public static void quantise(Path huggingFaceFolder, Path targetFolder, Precision precision)
            throws IOException {
        ModelProto whole =
                ModelProto.parseFrom(
                        Files.readAllBytes(targetFolder.resolve(Precision.FP32.graph())));
        Map<String, TensorProto> there = new HashMap<>();
        whole.getGraph()
                .getInitializerList()
                .forEach(tensor -> there.put(tensor.getName(), tensor));
        Matrices.Form form =
                switch (precision) {
                    case FP32 -> throw new IllegalArgumentException("fp32 is not quantised");
                    case INT8 -> IntegerMatrices::new;
                    case INT4 -> BlockMatrices::ofFourBits;
                };
        write(huggingFaceFolder, targetFolder, precision.graph(), form, there);
        if (precision.single().isPresent()) {
            write(
                    huggingFaceFolder,
                    targetFolder,
                    precision.single().get(),
                    BlockMatrices::ofEightBits,
                    there);
        }
    }

    private static void write(
            Path huggingFaceFolder,
            Path targetFolder,
            String name,
            Matrices.Form form,
            Map<String, TensorProto> there)
            throws IOException {
        ModelConfig config = ModelConfig.read(huggingFaceFolder);
        if (config.headDim() % HEAD_STEP != 0) {
            throw new UnsupportedModelException(
                    "head_dim %d cannot be served: ONNX Runtime's GroupQueryAttention takes multiples of %d"
                            .formatted(config.headDim(), HEAD_STEP));
        }
        try (Safetensors tensors = Safetensors.openFolder(huggingFaceFolder);
                ExternalWeights external =
                        new ExternalWeights(targetFolder.resolve(Precision.weightsOf(name)))) {
            HuggingFaceWeights weights = new HuggingFaceWeights(config, tensors::read);
            byte[] graph =
                    new OnnxGraph(config, form, weights, external, there).build().toByteArray();
            writeDurably(targetFolder.resolve(name), graph);
        }
    }

    private static void writeDurably(Path file, byte[] content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
