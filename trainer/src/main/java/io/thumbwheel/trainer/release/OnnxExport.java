package io.thumbwheel.trainer.release;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a checkpoint as an ONNX graph that serving runs.
public final class OnnxExport {
    /// The graph.
    public static final String GRAPH = "model.onnx";

    /// Its weights, beside it.
    public static final String WEIGHTS = "model.onnx.data";

    private static final int HEAD_STEP = 16;

    private OnnxExport() {}

    /// Writes [#GRAPH] and [#WEIGHTS] in fp32 into an existing folder; both are on the disk when it
    /// returns.
    ///
    /// @param huggingFaceFolder with config.json and weights
    /// @throws UnsupportedModelException where its heads are not a multiple of 16 wide
    public static void write(Path huggingFaceFolder, Path targetFolder) throws IOException {
        ModelConfig config = ModelConfig.read(huggingFaceFolder);
        if (config.headDim() % HEAD_STEP != 0) {
            throw new UnsupportedModelException(
                    "head_dim %d cannot be served: ONNX Runtime's GroupQueryAttention takes multiples of %d"
                            .formatted(config.headDim(), HEAD_STEP));
        }
        try (Safetensors tensors = Safetensors.openFolder(huggingFaceFolder);
                ExternalWeights external = new ExternalWeights(targetFolder.resolve(WEIGHTS))) {
            HuggingFaceWeights weights = new HuggingFaceWeights(config, tensors);
            byte[] graph = new OnnxGraph(config, weights, external).build().toByteArray();
            writeDurably(targetFolder.resolve(GRAPH), graph);
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
