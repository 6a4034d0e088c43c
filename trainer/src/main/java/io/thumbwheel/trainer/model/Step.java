package io.thumbwheel.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/// The native memory of one training step, one batch of sampling or one evaluation: whatever tensor
/// this thread makes between open and close dies at close, also results that start from a parameter
/// and would otherwise attach to the parameter's long-lived manager. Steps nest. It also sets the
/// thread up for the engine: no gradients outside [#backward].
///
/// One step belongs to one thread.
public final class Step implements AutoCloseable {
    private final NDManager manager;
    private final NDManager host;
    private final NDScope scope;

    private Step(NDManager manager) {
        this.manager = manager;
        this.host = manager.newSubManager(Device.cpu());
        this.scope = new NDScope();
    }

    /// Begins a step whose own tensors belong to a child of the manager.
    public static Step open(NDManager parent) {
        TorchScript.start();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(false);
        return new Step(parent.newSubManager());
    }

    /// Makes the step's tensors.
    public NDManager manager() {
        return manager;
    }

    /// Makes what operations only read as numbers, in the host's memory wherever the step computes.
    NDManager host() {
        return host;
    }

    /// Computes a loss [] and adds its gradient to the gradients of the parameters in it.
    ///
    /// @return the loss
    public float backward(Supplier<NDArray> loss) {
        JniUtils.setGradMode(true);
        NDArray value;
        try {
            value = loss.get();
        } finally {
            JniUtils.setGradMode(false);
        }
        NDArray one = manager.ones(value.getShape(), value.getDataType());
        JniUtils.backward((PtNDArray) value, (PtNDArray) one, false, false);
        return switch (value.getDataType()) {
            case FLOAT64 -> (float) value.getDouble();
            default -> value.getFloat();
        };
    }

    @Override
    public void close() {
        scope.close();
        manager.close();
    }
}
