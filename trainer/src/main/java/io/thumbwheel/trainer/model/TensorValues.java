package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/// The values of tensors that outlive an operation, from Java: on the CPU by a view of the tensor's
/// own memory, on a GPU by a copy in the host's. Not inside of [Step#backward].
final class TensorValues {
    private TensorValues() {}

    /// To read from; valid while the tensor is open.
    static ByteBuffer of(NDArray array) {
        if (!array.getDevice().isGpu()) {
            return array.toByteBuffer(true);
        }
        try (NDArray copy = array.toDevice(Device.cpu(), true)) {
            return copy.toByteBuffer(false).order(ByteOrder.nativeOrder());
        }
    }

    /// Overwrites all values.
    ///
    /// @param values fills the buffer that it is given from beginning to end
    static void write(NDArray array, Consumer<ByteBuffer> values) {
        if (!array.getDevice().isGpu()) {
            values.accept(array.toByteBuffer(true));
            return;
        }
        int bytes = Math.toIntExact(array.size() * array.getDataType().getNumOfBytes());
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        values.accept(buffer.duplicate().order(ByteOrder.nativeOrder()));
        try (NDManager host = array.getManager().newSubManager(Device.cpu())) {
            copy(
                    List.of(host.create(buffer, array.getShape(), array.getDataType())),
                    List.of(array));
        }
    }

    /// Overwrites each of `to` with the one of `from` in its place, between devices too.
    static void copy(List<NDArray> from, List<NDArray> to) {
        call("copy", 1, to, from);
    }

    /// Moves each of `to` to `share` · own + (1 − share) · the one of `other` in its place. What is
    /// the same in both stays to the bit.
    static void blend(List<NDArray> to, List<NDArray> other, double share) {
        call("blend", share, to, other);
    }

    /// Overwrites all with 0.
    static void clear(List<NDArray> arrays) {
        try (Step step = Step.open(arrays.getFirst().getManager())) {
            NDList arguments = new NDList(step.host().create(0.0));
            TorchScript.addList(arguments, "arrays", arrays);
            TorchScript.call("clear", arguments);
        }
    }

    /// Whether every value is a number.
    static boolean finite(List<NDArray> arrays) {
        try (Step step = Step.open(arrays.getFirst().getManager())) {
            return Float.isFinite(Gradients.norm(step.manager(), List.of(arrays)));
        }
    }

    private static void call(String function, double share, List<NDArray> to, List<NDArray> from) {
        try (Step step = Step.open(to.getFirst().getManager())) {
            NDList arguments = new NDList(step.host().create(share));
            TorchScript.addList(arguments, "to", to);
            TorchScript.addList(arguments, "from", from);
            TorchScript.call(function, arguments);
        }
    }
}
