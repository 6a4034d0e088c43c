package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/// What backward passes have added up in a list of parameters.
final class Gradients {
    private Gradients() {}

    /// The gradient of each parameter, changed in place by the optimizers. A parameter that no loss
    /// has touched yet gets zeros that stand for themselves.
    static List<NDArray> of(List<NDArray> parameters) {
        List<NDArray> gradients = new ArrayList<>();
        for (NDArray parameter : parameters) {
            gradients.add(parameter.getGradient());
        }
        return gradients;
    }

    /// The Euclidean norm over all of them together.
    static float norm(NDManager manager, List<List<NDArray>> groups) {
        double squares = 0;
        for (List<NDArray> group : groups) {
            if (!group.isEmpty()) {
                // The function's first argument decides whose the result is.
                NDList arguments = new NDList(manager.create(new Shape()));
                TorchScript.addList(arguments, "g", group);
                float norm = TorchScript.call("norm_of", arguments).get(0).getFloat();
                squares += (double) norm * norm;
            }
        }
        return (float) Math.sqrt(squares);
    }

    /// The factor that brings a norm down to the limit; 1 where it is below.
    static double clipFactor(double norm, double limit) {
        return Math.min(1, limit / (norm + 1e-6));
    }
}
