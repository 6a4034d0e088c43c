package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A decoder body with one number per position instead of a token distribution: reward model and
/// value model. The head has no bias, as in Hugging Face's `LlamaForSequenceClassification`, whose
/// name for it (`score.weight`) is used on disk.
///
/// Owns its tensors as [Llama] does.
public final class ScalarModel implements AutoCloseable {
    static final String SCORE = "score.weight";

    private final Llama body;
    private final NDArray score; // [1, hidden]
    private final List<NDArray> parameters;

    private ScalarModel(Llama body) {
        this.body = body;
        Shape size = new Shape(1, body.config().hidden());
        this.score = body.manager().zeros(size, body.parameters().getFirst().getDataType());
        this.score.setRequiresGradient(true);
        NDScope.unregister(score);
        List<NDArray> all = new ArrayList<>(body.decoder());
        all.add(score);
        this.parameters = List.copyOf(all);
    }

    /// A copy of the body under a fresh head: normal with deviation 1/√(hidden + 1) (Stiennon et
    /// al. 2020, arXiv:2009.01325, appendix B.1).
    public static ScalarModel from(NDManager parent, Llama body, long seed) {
        ScalarModel model = new ScalarModel(body.copy(parent));
        int hidden = body.config().hidden();
        double deviation = 1 / Math.sqrt(hidden + 1.0);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        float[] values = new float[hidden];
        for (int i = 0; i < hidden; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        model.setScore(values);
        return model;
    }

    /// A copy of the body under the given head [hidden].
    public static ScalarModel from(NDManager parent, Llama body, float[] head) {
        ScalarModel model = new ScalarModel(body.copy(parent));
        model.setScore(head);
        return model;
    }

    /// The same weights in tensors of their own.
    public ScalarModel copy(NDManager parent) {
        ScalarModel copy = new ScalarModel(body.copy(parent));
        copy.score.toByteBuffer(true).put(score.toByteBuffer(true));
        return copy;
    }

    /// Reads what [#save] wrote.
    public static ScalarModel load(NDManager parent, Path folder) throws IOException {
        ScalarModel model = new ScalarModel(Llama.load(parent, folder));
        try (Safetensors file = Safetensors.open(folder.resolve(Safetensors.FILE))) {
            model.setScore(file.floats(SCORE));
        } catch (IOException | RuntimeException failed) {
            model.close();
            throw failed;
        }
        return model;
    }

    /// Writes `config.json` and `model.safetensors` with the head into the folder, which is made.
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        body.config().write(folder);
        SequencedMap<String, Safetensors.Tensor> tensors = body.tensors();
        FloatBuffer values = score.toByteBuffer(true).asFloatBuffer();
        tensors.put(
                SCORE, new Safetensors.Tensor(List.of(1L, (long) body.config().hidden()), values));
        Safetensors.write(
                folder.resolve(Safetensors.FILE), tensors, Safetensors.Precision.F32, Map.of());
    }

    public ModelConfig config() {
        return body.config();
    }

    /// The trained tensors: the decoder's, then the head [1, hidden].
    public List<NDArray> parameters() {
        return parameters;
    }

    /// The number at every position, each seeing the tokens up to and including its own.
    ///
    /// @param tokens [batch, seq] int64
    /// @return [batch, seq]
    public NDArray values(NDArray tokens) {
        return body.hidden(tokens).matMul(score.transpose()).squeeze(-1);
    }

    private void setScore(float[] values) {
        if (score.getDataType() == DataType.FLOAT64) {
            for (int i = 0; i < values.length; i++) {
                score.toByteBuffer(true).asDoubleBuffer().put(i, values[i]);
            }
        } else {
            score.toByteBuffer(true).asFloatBuffer().put(values);
        }
    }

    @Override
    public void close() {
        body.close();
    }
}
