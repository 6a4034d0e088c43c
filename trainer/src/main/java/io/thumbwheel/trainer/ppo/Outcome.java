package io.thumbwheel.trainer.ppo;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a refresh ended.
public sealed interface Outcome {

    /// What was measured, by name; all finite.
    SortedMap<String, Double> scores();

    /// A policy that passed the gate.
    ///
    /// @param huggingFaceFolder config.json and model.safetensors
    /// @param coach folder of the reward model that PPO maximised
    /// @param klToReference nats per answer on the gate's prompts
    /// @param klCoefficient β where PPO stopped: the next refresh begins with it
    /// @param anchorDigest SHA-256 of the anchor samples that normalised the reward models
    record Candidate(
            Path huggingFaceFolder,
            Path coach,
            SortedMap<String, Double> scores,
            double klToReference,
            double klCoefficient,
            String anchorDigest)
            implements Outcome {
        public Candidate {
            scores = new TreeMap<>(scores);
        }
    }

    /// No new policy, and why.
    record Refused(String reason, SortedMap<String, Double> scores) implements Outcome {
        public Refused {
            scores = new TreeMap<>(scores);
        }
    }
}
