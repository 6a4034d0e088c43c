package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes from a checkpoint what serving runs, and measures it against the trainer's forward pass.
@FunctionalInterface
public interface GraphExport {

    /// Writes the graphs of a checkpoint and measures them.
    ///
    /// @param huggingFaceFolder config.json and model.safetensors
    /// @param target existing folder that gets the graphs
    /// @param prompts token ids to measure on [prompts][prompt]
    Exported export(Path huggingFaceFolder, Path target, List<List<Integer>> prompts)
            throws IOException;

    /// What was measured.
    ///
    /// @param parity how far the fp32 graph is from the trainer's forward pass
    /// @param quantised the other graphs, likewise
    /// @param selfTest answers that a replica must reproduce
    record Exported(
            ReleaseManifest.Parity parity,
            SortedMap<Precision, ReleaseManifest.Quantised> quantised,
            List<ReleaseManifest.SelfTest> selfTest) {
        public Exported {
            quantised = new TreeMap<>(quantised);
            selfTest = List.copyOf(selfTest);
        }

        /// With the fp32 graph alone.
        public Exported(ReleaseManifest.Parity parity, List<ReleaseManifest.SelfTest> selfTest) {
            this(parity, new TreeMap<>(), selfTest);
        }
    }
}
