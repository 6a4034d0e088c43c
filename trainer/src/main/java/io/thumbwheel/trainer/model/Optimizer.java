package io.thumbwheel.trainer.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Moves weights against the gradients that have added up in them. Owns its state until [#close].
public interface Optimizer extends AutoCloseable {

    /// AdamW on all weights, or on low-rank changes of them.
    ///
    /// @param base where low-rank changes start from; see [Lora]
    /// @param lora empty where all weights learn
    static Optimizer of(
            Llama policy, Llama base, Optional<Lora.Settings> lora, AdamW.Settings adam) {
        return lora.isPresent()
                ? new Lora(policy, base, lora.get(), adam)
                : new AdamW(policy.learning(), adam);
    }

    /// One step; the gradients are zero afterwards.
    ///
    /// @param clipNorm greatest global norm of the gradients
    /// @return the norm before clipping
    float step(double learningRate, double clipNorm);

    /// Writes the state whole or not at all.
    void save(Path file) throws IOException;

    /// Continues from what [#save] wrote for the same weights.
    void restore(Path file) throws IOException;

    @Override
    void close();
}
