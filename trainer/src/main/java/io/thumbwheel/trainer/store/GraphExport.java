package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Makes from a checkpoint what serving runs, and measures it against the trainer's forward pass.
@FunctionalInterface
public interface GraphExport {

    /// Writes the graph of a checkpoint and measures it.
    ///
    /// @param huggingFaceFolder config.json and model.safetensors
    /// @param target existing folder that gets the graph
    /// @param prompts token ids to measure on [prompts][prompt]
    Exported export(Path huggingFaceFolder, Path target, List<List<Integer>> prompts)
            throws IOException;

    /// What was measured.
    ///
    /// @param parity how far the graph is from the trainer's forward pass
    /// @param selfTest answers that a replica must reproduce
    record Exported(ReleaseManifest.Parity parity, List<ReleaseManifest.SelfTest> selfTest) {
        public Exported {
            selfTest = List.copyOf(selfTest);
        }
    }
}
