package io.thumbwheel.trainer.offline;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Lora;
import io.thumbwheel.trainer.model.Optimizer;
import io.thumbwheel.trainer.preference.PreferenceConfig;
import io.thumbwheel.trainer.preference.PreferenceTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Trains a policy on opinions and writes it, and its adapter where it learns one.
///
/// @param lora empty where all weights learn
/// @param frozenLayers lower layers that do not ([Llama#freeze])
record PreferenceRun(
        PreferenceConfig config, Optional<Lora.Settings> lora, int frozenLayers, long seed) {

    private Llama frozen(Llama policy) {
        policy.freeze(frozenLayers);
        return policy;
    }

    /// @param device where it is computed
    /// @param init policy to begin from
    /// @param referenceFolder π_ref
    /// @param folder gets the policy, and `adapter/`
    void run(
            ComputeDevice device,
            Path init,
            Path referenceFolder,
            OpinionFiles opinions,
            Path folder,
            Progress progress,
            Checkpointing checkpointing)
            throws IOException {
        String phase = config.objective().name().toLowerCase(Locale.ROOT);
        try (NDManager manager = device.open();
                Llama base = Llama.load(manager, init);
                @Nullable Llama other =
                        referenceFolder.equals(init) ? null : Llama.load(manager, referenceFolder);
                Llama policy = frozen(base.copy(manager));
                Optimizer optimizer = Optimizer.of(policy, base, lora, AdamW.Settings.TUNING)) {
            Llama reference = other == null ? base : other;
            new PreferenceTraining(
                            manager,
                            config,
                            (step, steps, metrics) ->
                                    progress.progress(phase, step, steps, metrics, ""),
                            checkpointing)
                    .train(policy, optimizer, reference, opinions.pairs(), opinions.thumbs(), seed);
            policy.save(folder);
            if (optimizer instanceof Lora adapter) {
                adapter.saveAdapter(folder.resolve("adapter"), init.toString());
            }
        }
    }
}
