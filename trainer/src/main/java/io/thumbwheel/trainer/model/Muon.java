package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Momentum whose update is orthogonalised, for the matrices of the layers; [AdamW] for embedding,
/// head and norms. For pretraining.
///
/// Jordan et al. 2024, https://kellerjordan.github.io/posts/muon: X ← aX + (bA + cA²)X with A =
/// XXᵀ, five times, on Nesterov momentum 0.95. The update is scaled by 0.2 √max(rows, columns) so
/// that one learning rate serves both parts (Liu et al. 2025, arXiv:2502.16982 §2.2). Matrices of
/// one shape are stacked.
///
/// Owns its momenta and the [AdamW] until [#close].
public final class Muon implements AutoCloseable {
    private static final double MOMENTUM = 0.95;

    private final NDManager manager;
    private final double weightDecay;
    private final AdamW rest;
    private final List<NDArray> restParameters;
    private final List<Group> groups;

    /// Matrices of one shape and their momenta.
    private record Group(List<NDArray> matrices, List<NDArray> momenta) {}

    public Muon(Llama model, AdamW.Settings settings) {
        this.manager = model.manager().newSubManager();
        this.weightDecay = settings.weightDecay();
        this.restParameters = new ArrayList<>();
        Map<Shape, List<NDArray>> byShape = new LinkedHashMap<>();
        for (NDArray parameter : model.parameters()) {
            boolean embeds =
                    parameter == model.parameters().getFirst() || parameter == model.head();
            if (embeds || parameter.getShape().dimension() == 1) {
                restParameters.add(parameter);
            } else {
                byShape.computeIfAbsent(parameter.getShape(), _ -> new ArrayList<>())
                        .add(parameter);
            }
        }
        this.rest = new AdamW(restParameters, settings);
        this.groups =
                byShape.values().stream()
                        .map(matrices -> new Group(matrices, AdamW.like(manager, matrices)))
                        .toList();
    }

    /// As [AdamW#step].
    public float step(double learningRate, double clipNorm) {
        try (Step step = Step.open(manager)) {
            List<List<NDArray>> gradients = new ArrayList<>();
            gradients.add(Gradients.of(restParameters));
            for (Group group : groups) {
                gradients.add(Gradients.of(group.matrices));
            }
            float norm = Gradients.norm(step.manager(), gradients);
            double factor = Gradients.clipFactor(norm, clipNorm);
            rest.update(step, gradients.getFirst(), learningRate, factor);
            double[] hyper = {learningRate, factor, weightDecay, MOMENTUM, TorchScript.BFLOAT16};
            for (int i = 0; i < groups.size(); i++) {
                NDList arguments = new NDList(step.host().create(hyper));
                TorchScript.addList(arguments, "p", groups.get(i).matrices);
                TorchScript.addList(arguments, "g", gradients.get(i + 1));
                TorchScript.addList(arguments, "m", groups.get(i).momenta);
                TorchScript.call("muon", arguments);
            }
            return norm;
        }
    }

    /// Writes all of the state whole or not at all.
    public void save(Path file) throws IOException {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        rest.addTo(tensors, "adamw.");
        for (int i = 0; i < groups.size(); i++) {
            List<NDArray> momenta = groups.get(i).momenta;
            for (int j = 0; j < momenta.size(); j++) {
                tensors.put("muon." + i + "." + j, AdamW.tensorOf(momenta.get(j)));
            }
        }
        Safetensors.write(file, tensors, Safetensors.Precision.F32, Map.of());
    }

    /// Continues from what [#save] wrote for the same model.
    public void restore(Path file) throws IOException {
        try (Safetensors saved = Safetensors.open(file)) {
            rest.restore(saved, "adamw.");
            for (int i = 0; i < groups.size(); i++) {
                List<NDArray> momenta = groups.get(i).momenta;
                for (int j = 0; j < momenta.size(); j++) {
                    AdamW.read(saved, "muon." + i + "." + j, momenta.get(j));
                }
            }
        }
    }

    @Override
    public void close() {
        rest.close();
        manager.close();
    }
}
