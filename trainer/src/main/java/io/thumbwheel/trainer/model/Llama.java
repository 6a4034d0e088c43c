package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A policy's weights and forward pass: a Llama-family decoder with rotary embedding, RMS norms,
/// gated SiLU feed-forward and grouped-query attention.
///
/// Llama 2, Touvron et al. 2023, arXiv:2307.09288 §2.2; RoFormer, Su et al. 2021, arXiv:2104.09864
/// §3.2 (half-rotated layout of the Hugging Face checkpoints). Mistral and Qwen differ by what
/// [io.thumbwheel.schemas.artifact.ModelFamily] lists.
///
/// Owns its tensors: they live until [#close] or until the parent manager is closed. What the
/// functions return belongs to the manager of the tokens; call them inside a [Step]. Rows are
/// padded on the right; attention is causal, so padding changes nothing before it.
public final class Llama implements AutoCloseable {
    private final NDManager manager;
    private final NDManager host; // of what operations only read as numbers
    private final ModelConfig config;
    private final List<NDArray> parameters;
    private final DecoderConstants constants;

    /// A log-prob of the given token, and the entropy of the distribution it came from.
    ///
    /// @param logProbs [tokens]
    /// @param entropy nats [tokens]
    public record Likelihood(NDArray logProbs, NDArray entropy) {}

    private Llama(NDManager parent, ModelConfig config, DataType type) {
        TorchScript.start();
        this.manager = parent.newSubManager();
        this.config = config;
        List<NDArray> tensors = new ArrayList<>();
        for (List<Long> dimensions : TensorNames.shapes(config).values()) {
            long[] sizes = dimensions.stream().mapToLong(Long::longValue).toArray();
            NDArray tensor = manager.zeros(new Shape(sizes), type);
            tensor.setRequiresGradient(true);
            tensors.add(tensor);
        }
        this.parameters = List.copyOf(tensors);
        this.host = manager.newSubManager(Device.cpu());
        this.constants = DecoderConstants.of(manager, host, config, type);
        tensors.forEach(NDScope::unregister);
    }

    /// Reads `config.json` and the weights of a Hugging Face folder.
    public static Llama load(NDManager parent, Path huggingFaceFolder) throws IOException {
        ModelConfig config = ModelConfig.read(huggingFaceFolder);
        Llama model = new Llama(parent, config, DataType.FLOAT32);
        try (Safetensors file = Safetensors.openFolder(huggingFaceFolder)) {
            model.read(file);
        } catch (IOException | RuntimeException failed) {
            model.close();
            throw failed;
        }
        return model;
    }

    /// Fresh weights, as [Initialisation] draws them.
    public static Llama random(NDManager parent, ModelConfig config, long seed) {
        return random(parent, config, seed, DataType.FLOAT32);
    }

    static Llama random(NDManager parent, ModelConfig config, long seed, DataType type) {
        Llama model = new Llama(parent, config, type);
        Initialisation.fill(model.parameters, config, seed);
        return model;
    }

    /// The same weights in tensors of their own.
    public Llama copy(NDManager parent) {
        Llama copy = new Llama(parent, config, parameters.getFirst().getDataType());
        TensorValues.copy(parameters, copy.parameters);
        return copy;
    }

    /// Overwrites the weights with those of another model of the same configuration.
    public void set(Llama other) {
        if (!config.equals(other.config)) {
            throw new IllegalArgumentException(
                    "weights of %s do not fit %s".formatted(other.config, config));
        }
        TensorValues.copy(other.parameters, parameters);
    }

    /// Moves the weights to `share` · own + (1 − share) · other.
    public void blend(Llama other, double share) {
        TensorValues.blend(parameters, other.parameters, share);
    }

    /// Whether every weight is a number.
    public boolean finite() {
        return TensorValues.finite(parameters);
    }

    public ModelConfig config() {
        return config;
    }

    /// The weights, in the order of [TensorNames]; gradients accumulate in them.
    public List<NDArray> parameters() {
        return parameters;
    }

    /// The manager that owns the weights.
    public NDManager manager() {
        return manager;
    }

    /// Writes `config.json` and `model.safetensors` (fp32) into the folder, which is made.
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        config.write(folder);
        Safetensors.write(
                folder.resolve(Safetensors.FILE), tensors(), Safetensors.Precision.F32, Map.of());
    }

    /// Views of the weights by name; valid while the model is open.
    SequencedMap<String, Safetensors.Tensor> tensors() {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        int index = 0;
        for (Map.Entry<String, List<Long>> tensor : TensorNames.shapes(config).entrySet()) {
            tensors.put(
                    tensor.getKey(),
                    new Safetensors.Tensor(
                            tensor.getValue(),
                            TensorValues.of(parameters.get(index++)).asFloatBuffer()));
        }
        return tensors;
    }

    void read(Safetensors file) {
        int index = 0;
        for (Map.Entry<String, List<Long>> tensor : TensorNames.shapes(config).entrySet()) {
            TensorValues.write(
                    parameters.get(index++),
                    values ->
                            file.read(tensor.getKey(), tensor.getValue(), values.asFloatBuffer()));
        }
    }

    /// Keeps the embedding and the first layers as they are: no gradients are computed for them,
    /// nor kept what those would need. A tied head is the embedding and stays with it.
    ///
    /// @param layers 0 freezes nothing
    /// @throws IllegalArgumentException above half of the layers: reward and value models listen
    ///   there ([ScalarModel])
    public void freeze(int layers) {
        if (layers < 0 || layers > config.layers() / 2) {
            throw new IllegalArgumentException(
                    "frozen layers must be from 0 to half of the model's %d, got %d"
                            .formatted(config.layers(), layers));
        }
        for (NDArray parameter : lower(layers)) {
            parameter.setRequiresGradient(false);
        }
    }

    /// The weights that are not frozen; gradients accumulate in them.
    public List<NDArray> learning() {
        return parameters.stream().filter(NDArray::hasGradient).toList();
    }

    /// Whether embedding and first layers are those of the other model, to the bit; of 0 layers
    /// nothing is asked.
    public boolean sharesLower(Llama other, int layers) {
        List<NDArray> theirs = other.lower(layers);
        int index = 0;
        for (NDArray own : lower(layers)) {
            if (!TensorValues.of(own).equals(TensorValues.of(theirs.get(index++)))) {
                return false;
            }
        }
        return config.equals(other.config);
    }

    /// Embedding and first layers; none of 0 layers.
    private List<NDArray> lower(int layers) {
        int perLayer = (decoder().size() - 2) / config.layers();
        return layers == 0 ? List.of() : parameters.subList(0, 1 + layers * perLayer);
    }

    /// What embedding and first layers say.
    ///
    /// @param tokens [batch, seq] int64
    /// @param layers how many
    public DecoderInput.Trunk trunk(NDArray tokens, int layers) {
        NDArray last = host.create((long) layers);
        return new DecoderInput.Trunk(
                run("trunk", new NDList(requireFits(tokens), last)).singletonOrThrow(), layers);
    }

    /// What the network begins from.
    ///
    /// @param tokens [tokens] int64
    /// @return [tokens, hidden]
    public NDArray embedding(NDArray tokens) {
        return rows(unnamed(parameters.getFirst()), tokens);
    }

    /// What the last layer says, after the final norm.
    ///
    /// @return [batch, seq, hidden]
    public NDArray hidden(DecoderInput input) {
        return through("hidden", input).singletonOrThrow();
    }

    /// What the last layer says, and what the middle of the network says.
    ///
    /// @param last [batch, seq, hidden], after the final norm
    /// @param middle [batch, seq, hidden], after half of the layers, normed
    record Depths(NDArray last, NDArray middle) {}

    /// [#hidden] with the middle of the network.
    Depths depths(DecoderInput input) {
        NDList both = through("hidden_middle", input);
        return new Depths(both.get(0), both.get(1));
    }

    private NDList through(String function, DecoderInput input) {
        return switch (input) {
            case DecoderInput.Tokens(var ids) -> run(function, new NDList(requireFits(ids)));
            case DecoderInput.Trunk(var hidden, var layers) ->
                    run(function + "_above", new NDList(hidden, host.create((long) layers)));
        };
    }

    private NDList run(String function, NDList arguments) {
        addContext(arguments);
        return TorchScript.call(function, arguments);
    }

    /// The rows of `hidden` [batch, seq, hidden] at flat positions row · seq + column [tokens,
    /// hidden].
    static NDArray rows(NDArray hidden, NDArray positions) {
        return TorchScript.call("at", new NDList(hidden, positions)).singletonOrThrow();
    }

    /// @param tokens [batch, seq] int64
    /// @return [batch, seq, vocab]
    public NDArray logits(NDArray tokens) {
        return TorchScript.call(
                        "head",
                        new NDList(
                                hidden(new DecoderInput.Tokens(tokens)), shape(), unnamed(head())))
                .singletonOrThrow();
    }

    /// The log-prob of token t + 1 given tokens 0 to t.
    ///
    /// @param tokens [batch, seq] int64
    /// @param temperature divides the logits
    /// @return [batch, seq - 1]
    public NDArray logProbs(NDArray tokens, double temperature) {
        Shape predicted = new Shape(tokens.getShape().get(0), tokens.getShape().get(1) - 1);
        NDArray hidden = hidden(new DecoderInput.Tokens(tokens.get(":, :-1")));
        NDArray targets = tokens.get(":, 1:").reshape(-1);
        return evaluate("log_probs", hidden.reshape(-1, config.hidden()), targets, temperature)
                .get(0)
                .reshape(predicted);
    }

    /// The log-probs of some tokens only: the head is computed nowhere else.
    ///
    /// @param input [batch, seq]
    /// @param before flat positions row · seq + column of the tokens before them [tokens] int64
    /// @param targets the tokens [tokens] int64
    /// @param temperature divides the logits
    /// @return differentiable [tokens]
    public NDArray logProbsAt(
            DecoderInput input, NDArray before, NDArray targets, double temperature) {
        return evaluateAt("log_probs", input, before, targets, temperature).get(0);
    }

    /// [#logProbsAt] with the entropy of each distribution.
    public Likelihood likelihoodAt(
            DecoderInput input, NDArray before, NDArray targets, double temperature) {
        NDList both = evaluateAt("log_probs_entropy", input, before, targets, temperature);
        return new Likelihood(both.get(0), both.get(1));
    }

    private NDList evaluateAt(
            String function,
            DecoderInput input,
            NDArray before,
            NDArray targets,
            double temperature) {
        return evaluate(function, rows(hidden(input), before), targets, temperature);
    }

    private NDList evaluate(String function, NDArray hidden, NDArray targets, double temperature) {
        NDArray divisor = hidden.getManager().create(temperature);
        return TorchScript.call(
                function, new NDList(hidden, targets, divisor, shape(), unnamed(head())));
    }

    /// Mean cross-entropy of the targets that are not -100, with linear layers and attention in
    /// bfloat16 if asked.
    ///
    /// @param tokens [batch, seq] int64
    /// @param targets [batch, seq] int64
    /// @return []
    public NDArray loss(NDArray tokens, NDArray targets, boolean bfloat16) {
        return loss(tokens, targets, bfloat16 ? constants.bfloat16Shape() : shape());
    }

    /// [#loss] with dropout of the embedding and of what attention and feed-forward layers add to
    /// the residual stream (Srivastava et al. 2014), drawn from the engine's random numbers.
    ///
    /// @param dropout probability, below 1
    public NDArray loss(NDArray tokens, NDArray targets, boolean bfloat16, double dropout) {
        double[] sizes = (bfloat16 ? constants.bfloat16Shape() : shape()).toDoubleArray();
        sizes[4] = dropout;
        return loss(tokens, targets, host.create(sizes));
    }

    private NDArray loss(NDArray tokens, NDArray targets, NDArray sizes) {
        NDList arguments = new NDList(requireFits(tokens), targets, sizes);
        arguments.add(constants.cosine());
        arguments.add(constants.sine());
        TorchScript.addList(arguments, "p", decoder());
        NDArray head = head();
        // The tied embedding is in the list, too; a view carries a name of its own.
        arguments.add(config.tied() ? head.reshape(head.getShape()) : unnamed(head));
        return TorchScript.call("loss", arguments).singletonOrThrow();
    }

    /// Common arguments of the cached forward pass, after the ones of the call.
    void addContext(NDList arguments) {
        arguments.add(shape());
        arguments.add(constants.cosine());
        arguments.add(constants.sine());
        TorchScript.addList(arguments, "p", decoder());
    }

    /// Matrices that the cached forward pass takes together, joined; made once for many tokens.
    List<NDArray> fused() {
        NDList arguments = new NDList(shape());
        TorchScript.addList(arguments, "p", decoder());
        return TorchScript.call("fuse", arguments);
    }

    /// Configuration of the kernels [8].
    NDArray shape() {
        return constants.shape();
    }

    /// The output head [vocab, hidden].
    NDArray head() {
        return config.tied() ? parameters.getFirst() : parameters.getLast();
    }

    /// The weights without an untied head.
    List<NDArray> decoder() {
        return config.tied() ? parameters : parameters.subList(0, parameters.size() - 1);
    }

    static NDArray unnamed(NDArray array) {
        array.setName(null);
        return array;
    }

    private NDArray requireFits(NDArray tokens) {
        if (tokens.getShape().get(1) > config.context()) {
            throw new IllegalArgumentException(
                    "%d positions, but the model's context is %d"
                            .formatted(tokens.getShape().get(1), config.context()));
        }
        return tokens;
    }

    @Override
    public void close() {
        manager.close();
    }
}
