package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// Adam with decoupled weight decay, fused over all parameters. Vectors (norms) do not decay.
///
/// Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2. Departures: the decay is multiplied by
/// the learning rate (as in PyTorch), and the gradient's global norm is clipped first (Pascanu et
/// al. 2013, arXiv:1211.5063).
///
/// Owns its moments; they live with the parameters' manager until [#close].
public final class AdamW implements Optimizer {
    private final NDManager manager;
    private final Settings settings;
    private final List<NDArray> parameters;
    private final List<NDArray> first; // like parameters
    private final List<NDArray> second; // like parameters
    private final List<NDArray> steps; // [] each

    /// @param beta1 decay of the first moment
    /// @param beta2 decay of the second moment
    /// @param epsilon added to the root of the second moment
    /// @param weightDecay per unit of learning rate
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
        /// As for pretraining of small decoders: 0.9, 0.95, 1e-8, 0.1.
        public static final Settings PRETRAINING = new Settings(0.9, 0.95, 1e-8, 0.1);

        /// As in TL;DR and its reproduction: 0.9, 0.999, 1e-5, no decay (Huang et al. 2024,
        /// arXiv:2403.17031 §5.1).
        public static final Settings TUNING = new Settings(0.9, 0.999, 1e-5, 0);

        /// The same with another decay.
        public Settings decaying(double decay) {
            return new Settings(beta1, beta2, epsilon, decay);
        }

        public Settings {
            if (beta1 < 0 || beta1 >= 1 || beta2 < 0 || beta2 >= 1) {
                throw new IllegalArgumentException(
                        "betas must be in [0, 1), got %s and %s".formatted(beta1, beta2));
            }
        }
    }

    public AdamW(List<NDArray> parameters, Settings settings) {
        this.manager = parameters.getFirst().getManager().newSubManager();
        this.settings = settings;
        this.parameters = List.copyOf(parameters);
        this.first = like(manager, this.parameters);
        this.second = like(manager, this.parameters);
        this.steps = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            steps.add(manager.zeros(new Shape()));
        }
        steps.forEach(NDScope::unregister);
    }

    static List<NDArray> like(NDManager manager, List<NDArray> parameters) {
        List<NDArray> zeros = new ArrayList<>();
        for (NDArray parameter : parameters) {
            zeros.add(manager.zeros(parameter.getShape(), parameter.getDataType()));
        }
        zeros.forEach(NDScope::unregister);
        return zeros;
    }

    @Override
    public float step(double learningRate, double clipNorm) {
        try (Step step = Step.open(manager)) {
            List<NDArray> gradients = Gradients.of(parameters);
            float norm = Gradients.norm(step.manager(), List.of(gradients));
            update(step, gradients, learningRate, Gradients.clipFactor(norm, clipNorm));
            return norm;
        }
    }

    void update(Step step, List<NDArray> gradients, double learningRate, double factor) {
        for (boolean decays : new boolean[] {true, false}) {
            int[] group =
                    IntStream.range(0, parameters.size())
                            .filter(i -> parameters.get(i).getShape().dimension() > 1 == decays)
                            .toArray();
            if (group.length == 0) {
                continue;
            }
            double[] hyper = {
                learningRate,
                factor,
                decays ? settings.weightDecay : 0,
                settings.beta1,
                settings.beta2,
                settings.epsilon
            };
            NDList arguments = new NDList(step.host().create(hyper));
            TorchScript.addList(arguments, "p", pick(parameters, group));
            TorchScript.addList(arguments, "g", pick(gradients, group));
            TorchScript.addList(arguments, "m", pick(first, group));
            TorchScript.addList(arguments, "v", pick(second, group));
            TorchScript.addList(arguments, "steps", pick(steps, group));
            TorchScript.call("adamw", arguments);
        }
    }

    private static List<NDArray> pick(List<NDArray> arrays, int[] indices) {
        return Arrays.stream(indices).mapToObj(arrays::get).toList();
    }

    @Override
    public void save(Path file) throws IOException {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        addTo(tensors, "adamw.");
        Safetensors.write(file, tensors, Safetensors.Precision.F32, Map.of());
    }

    @Override
    public void restore(Path file) throws IOException {
        try (Safetensors saved = Safetensors.open(file)) {
            restore(saved, "adamw.");
        }
    }

    void addTo(SequencedMap<String, Safetensors.Tensor> tensors, String prefix) {
        for (int i = 0; i < parameters.size(); i++) {
            tensors.put(prefix + "first." + i, tensorOf(first.get(i)));
            tensors.put(prefix + "second." + i, tensorOf(second.get(i)));
            tensors.put(prefix + "steps." + i, tensorOf(steps.get(i)));
        }
    }

    void restore(Safetensors saved, String prefix) {
        for (int i = 0; i < parameters.size(); i++) {
            read(saved, prefix + "first." + i, first.get(i));
            read(saved, prefix + "second." + i, second.get(i));
            read(saved, prefix + "steps." + i, steps.get(i));
        }
    }

    static Safetensors.Tensor tensorOf(NDArray array) {
        return new Safetensors.Tensor(dimensions(array), TensorValues.of(array).asFloatBuffer());
    }

    static void read(Safetensors saved, String name, NDArray array) {
        TensorValues.write(
                array, values -> saved.read(name, dimensions(array), values.asFloatBuffer()));
    }

    private static List<Long> dimensions(NDArray array) {
        return Arrays.stream(array.getShape().getShape()).boxed().toList();
    }

    @Override
    public void close() {
        manager.close();
    }
}
