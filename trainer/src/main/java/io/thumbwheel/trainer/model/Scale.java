package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;

/// Products with a number, inside of [Step#backward] and elsewhere.
///
/// DJL's `mul(Number)` and `div(Number)` wrap the number in a tensor over memory of Java's and let
/// go of that at once, while the engine keeps the tensor for the backward pass. A garbage
/// collection in between frees the memory, and the gradient is multiplied by whatever is there
/// then. Here the number lives as long as the array's manager or the step.
public final class Scale {
    private Scale() {}

    /// `array · number`
    public static NDArray by(NDArray array, Number number) {
        return array.mul(array.getManager().create(number));
    }

    /// `array / number`
    public static NDArray over(NDArray array, Number number) {
        return array.div(array.getManager().create(number));
    }
}
