package io.thumbwheel.trainer.checkpoint;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Optimizer;
import java.io.IOException;
import java.nio.file.Path;

/// A policy that learns and its optimizer, as a checkpoint holds them beside the counters of the
/// training. Owns nothing.
public record TrainedPolicy(Llama policy, Optimizer optimizer) {
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";

    /// Writes all that is needed to go on.
    ///
    /// @param state counters of the training
    public void save(Path folder, Object state) throws IOException {
        policy.save(folder);
        optimizer.save(folder.resolve(OPTIMIZER));
        Checkpoints.writeState(folder.resolve(STATE), state);
    }

    /// Continues with what [#save] wrote.
    ///
    /// @return the counters
    public <T> T restore(NDManager manager, Path checkpoint, Class<T> state) throws IOException {
        try (Llama saved = Llama.load(manager, checkpoint)) {
            policy.set(saved);
        }
        optimizer.restore(checkpoint.resolve(OPTIMIZER));
        return Checkpoints.readState(checkpoint.resolve(STATE), state);
    }
}
