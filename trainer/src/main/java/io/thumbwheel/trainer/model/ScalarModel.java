package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A decoder body with one number per position instead of a token distribution: reward model and
/// value model.
///
/// The number is a linear function of what the last layer says at the position, as in Hugging
/// Face's `LlamaForSequenceClassification` (no bias), plus the sum over the response so far of a
/// linear function of what the middle of the network says at each token. A small decoder's last
/// layer knows the next token and has forgotten which words went by; the sum keeps count of them.
///
/// Owns its tensors as [Llama] does.
public final class ScalarModel implements AutoCloseable {
    static final String SCORE = "score.weight";
    static final String COUNT = "count.weight";

    private final Llama body;
    private final NDArray score; // [1, hidden]
    private final NDArray count; // [1, hidden]
    private final List<NDArray> parameters;

    private ScalarModel(Llama body) {
        this.body = body;
        Shape size = new Shape(1, body.config().hidden());
        this.score = body.manager().zeros(size, body.parameters().getFirst().getDataType());
        this.count = body.manager().zeros(size, body.parameters().getFirst().getDataType());
        List<NDArray> all = new ArrayList<>(body.decoder());
        for (NDArray head : List.of(score, count)) {
            head.setRequiresGradient(true);
            NDScope.unregister(head);
            all.add(head);
        }
        this.parameters = List.copyOf(all);
    }

    /// The linear functions on top.
    ///
    /// @param score of the last layer at the position [hidden]
    /// @param count of the middle at each response token up to it [hidden]
    public record Heads(float[] score, float[] count) {}

    /// A copy of the body under the given heads.
    public static ScalarModel from(NDManager parent, Llama body, Heads heads) {
        ScalarModel model = new ScalarModel(body.copy(parent));
        write(heads.score(), model.score);
        write(heads.count(), model.count);
        return model;
    }

    /// The same weights in tensors of their own.
    public ScalarModel copy(NDManager parent) {
        ScalarModel copy = new ScalarModel(body.copy(parent));
        TensorValues.copy(List.of(score, count), List.of(copy.score, copy.count));
        return copy;
    }

    /// Reads what [#save] wrote.
    public static ScalarModel load(NDManager parent, Path folder) throws IOException {
        ScalarModel model = new ScalarModel(Llama.load(parent, folder));
        try (Safetensors file = Safetensors.open(folder.resolve(Safetensors.FILE))) {
            write(file.floats(SCORE), model.score);
            write(file.floats(COUNT), model.count);
        } catch (IOException | RuntimeException failed) {
            model.close();
            throw failed;
        }
        return model;
    }

    /// Writes `config.json` and `model.safetensors` with the heads into the folder, which is made.
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        body.config().write(folder);
        SequencedMap<String, Safetensors.Tensor> tensors = body.tensors();
        tensors.put(SCORE, tensor(score));
        tensors.put(COUNT, tensor(count));
        Safetensors.write(
                folder.resolve(Safetensors.FILE), tensors, Safetensors.Precision.F32, Map.of());
    }

    public ModelConfig config() {
        return body.config();
    }

    /// Whether every weight is a number.
    public boolean finite() {
        return TensorValues.finite(parameters);
    }

    /// The trained tensors: the decoder's, then the heads [1, hidden].
    public List<NDArray> parameters() {
        return parameters;
    }

    /// [Llama#freeze] of the body.
    public void freeze(int layers) {
        body.freeze(layers);
    }

    /// The tensors that are not frozen.
    public List<NDArray> learning() {
        return parameters.stream().filter(NDArray::hasGradient).toList();
    }

    /// [Llama#sharesLower] of the body.
    public boolean sharesLower(Llama other, int layers) {
        return body.sharesLower(other, layers);
    }

    /// The number at every position, each seeing the tokens up to and including its own.
    ///
    /// @param input [batch, seq]
    /// @param response 1 at response tokens, 0 elsewhere [batch, seq]
    /// @return [batch, seq]
    public NDArray values(DecoderInput input, NDArray response) {
        Llama.Depths depths = body.depths(input);
        NDArray atPosition = depths.last().matMul(score.transpose()).squeeze(-1); // [batch, seq]
        NDArray ofToken = depths.middle().matMul(count.transpose()).squeeze(-1); // [batch, seq]
        return atPosition.add(ofToken.mul(response).cumSum(1));
    }

    /// What the heads see of a policy's body, to fit them.
    ///
    /// @param tokens [batch, seq] int64
    /// @param response 1 at response tokens, 0 elsewhere [batch, seq]
    /// @param last flat positions of each row's last token [batch] int64
    /// @return last layer at that position, then the sum of the middle over the response [batch, 2
    ///   · hidden]
    public static NDArray features(Llama body, NDArray tokens, NDArray response, NDArray last) {
        Llama.Depths depths = body.depths(new DecoderInput.Tokens(tokens));
        NDArray atLast = Llama.rows(depths.last(), last); // [batch, hidden]
        NDArray sum = depths.middle().mul(response.expandDims(-1)).sum(new int[] {1});
        return atLast.concat(sum, 1);
    }

    private static Safetensors.Tensor tensor(NDArray head) {
        return new Safetensors.Tensor(
                List.of(1L, head.size()), TensorValues.of(head).asFloatBuffer());
    }

    private static void write(float[] values, NDArray head) {
        if (head.size() != values.length) {
            throw new IllegalArgumentException(
                    "a head of %d values does not fit a model of width %d"
                            .formatted(values.length, head.size()));
        }
        TensorValues.write(head, buffer -> buffer.asFloatBuffer().put(values));
    }

    @Override
    public void close() {
        body.close();
    }
}
