package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
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
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Low-rank adaptation of all linear layers: `W = W_0 + (α / r) B A`, where A [r, in] begins at
/// random, B [out, r] at 0, and nothing else is learned (Hu et al., arXiv:2106.09685, section 4.1;
/// all linear layers: Dettmers et al., arXiv:2305.14314, section 4).
///
/// Departures: the policy's own weights are kept merged, so that training, sampling and export see
/// a policy like any other. The backward pass leaves ∂L/∂W, and `∂L/∂A = (α / r) Bᵀ ∂L/∂W`, `∂L/∂B
/// = (α / r) ∂L/∂W Aᵀ` are exact. It saves the optimizer's moments and makes adapters that are
/// small to keep, but not the gradients' memory.
///
/// Owns A, B and their moments.
public final class Lora implements Optimizer {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Llama policy;
    private final Llama base;
    private final Settings settings;
    private final NDManager manager;
    private final List<Adapted> adapted = new ArrayList<>();
    private final AdamW adamW;

    /// @param rank r
    /// @param alpha α; the change is scaled by α / r
    /// @param seed of A
    public record Settings(int rank, double alpha, long seed) {
        public Settings {
            if (rank < 1 || !(alpha > 0)) {
                throw new IllegalArgumentException(
                        "LoRA's rank and alpha must be above 0, got %d and %s"
                                .formatted(rank, alpha));
            }
        }

        double scale() {
            return alpha / rank;
        }
    }

    /// @param index among the policy's parameters
    /// @param a [r, in]
    /// @param b [out, r]
    private record Adapted(String name, int index, NDArray a, NDArray b) {}

    /// Adapts `policy`, which must hold the weights of `base` still.
    ///
    /// @param base W_0, left as it is; another model than `policy`, and open for as long
    public Lora(Llama policy, Llama base, Settings settings, AdamW.Settings adam) {
        this.policy = policy;
        this.base = base;
        this.settings = settings;
        this.manager = policy.manager().newSubManager();
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed);
        int index = 0;
        for (Map.Entry<String, List<Long>> tensor :
                TensorNames.shapes(policy.config()).entrySet()) {
            if (tensor.getKey().endsWith("_proj.weight")) {
                long out = tensor.getValue().get(0);
                long in = tensor.getValue().get(1);
                NDArray a = manager.create(uniform(random, settings.rank * in, in));
                adapted.add(
                        new Adapted(
                                tensor.getKey(),
                                index,
                                parameter(a.reshape(settings.rank, in)),
                                parameter(manager.zeros(new Shape(out, settings.rank)))));
            }
            index++;
        }
        this.adamW =
                new AdamW(
                        adapted.stream()
                                .flatMap(layer -> List.of(layer.a, layer.b).stream())
                                .toList(),
                        adam);
    }

    @Override
    public float step(double learningRate, double clipNorm) {
        try (Step step = Step.open(manager)) {
            List<NDArray> gradients = Gradients.of(policy.parameters());
            step.backward(() -> projection(step, gradients));
            float norm = adamW.step(learningRate, clipNorm);
            merge();
            TensorValues.clear(gradients);
            return norm;
        }
    }

    /// `Σ ⟨∂L/∂W, (α / r) B A⟩` [], whose gradient by A and B is that of L.
    private NDArray projection(Step step, List<NDArray> gradients) {
        NDArray sum = step.manager().zeros(new Shape());
        for (Adapted layer : adapted) {
            sum = sum.add(change(layer).mul(gradients.get(layer.index)).sum());
        }
        return sum;
    }

    /// `(α / r) B A` [out, in].
    private NDArray change(Adapted layer) {
        return Scale.by(layer.b.matMul(layer.a), settings.scale());
    }

    private void merge() {
        for (Adapted layer : adapted) {
            NDArray merged = base.parameters().get(layer.index).add(change(layer)); // [out, in]
            TensorValues.copy(List.of(merged), List.of(policy.parameters().get(layer.index)));
        }
    }

    @Override
    public void save(Path file) throws IOException {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (Adapted layer : adapted) {
            tensors.put(layer.name + ".a", AdamW.tensorOf(layer.a));
            tensors.put(layer.name + ".b", AdamW.tensorOf(layer.b));
        }
        adamW.addTo(tensors, "adamw.");
        Safetensors.write(file, tensors, Safetensors.Precision.F32, Map.of());
    }

    @Override
    public void restore(Path file) throws IOException {
        try (Safetensors saved = Safetensors.open(file);
                Step _ = Step.open(manager)) {
            for (Adapted layer : adapted) {
                AdamW.read(saved, layer.name + ".a", layer.a);
                AdamW.read(saved, layer.name + ".b", layer.b);
            }
            adamW.restore(saved, "adamw.");
            merge();
        }
    }

    /// Writes the adapter as PEFT reads it: `adapter_config.json` and `adapter_model.safetensors`
    /// (huggingface/peft, "PEFT checkpoint format").
    ///
    /// @param baseName what PEFT loads W_0 by
    public void saveAdapter(Path folder, String baseName) throws IOException {
        Files.createDirectories(folder);
        ObjectNode json = JSON.createObjectNode();
        json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM");
        json.put("base_model_name_or_path", baseName);
        json.put("r", settings.rank).put("lora_alpha", settings.alpha);
        json.put("lora_dropout", 0.0).put("bias", "none");
        json.put("fan_in_fan_out", false).put("inference_mode", true);
        adapted.stream()
                .map(layer -> layer.name.split("\\.")[4])
                .distinct()
                .forEach(json.putArray("target_modules")::add);
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (Adapted layer : adapted) {
            String name = "base_model.model." + layer.name.replace(".weight", "");
            tensors.put(name + ".lora_A.weight", AdamW.tensorOf(layer.a));
            tensors.put(name + ".lora_B.weight", AdamW.tensorOf(layer.b));
        }
        Safetensors.write(
                folder.resolve("adapter_model.safetensors"),
                tensors,
                Safetensors.Precision.F32,
                Map.of("format", "pt"));
        AtomicFile.write(
                folder.resolve("adapter_config.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    /// Between ±1 / √in, as PEFT draws it [count].
    private static float[] uniform(RandomGenerator random, long count, long in) {
        float[] values = new float[Math.toIntExact(count)];
        double bound = 1 / Math.sqrt(in);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        return values;
    }

    private static NDArray parameter(NDArray values) {
        values.setRequiresGradient(true);
        NDScope.unregister(values);
        return values;
    }

    @Override
    public void close() {
        adamW.close();
        manager.close();
    }
}
