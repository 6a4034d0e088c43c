package io.thumbwheel.standalone.bench;

import java.util.List;
import java.util.Map;

/// A shape of policy that serving is measured with, its weights random: speed does not depend on
/// them.
enum Shape {
    /// The seed policy's.
    SEED(
            "seed shape",
            List.of(
                    "--hidden",
                    "192",
                    "--layers",
                    "6",
                    "--heads",
                    "6",
                    "--kv-heads",
                    "2",
                    "--ffn",
                    "512",
                    "--vocab",
                    "4096",
                    "--context",
                    "512"),
            Map.of()),
    /// SmolLM2-135M's, at a context that leaves room for two of them in memory.
    M135("135M", List.of(), Map.of("SERVING_QUEUE_CONTEXT", "512"));

    private final String label;
    private final List<String> options;
    private final Map<String, String> settings;

    Shape(String label, List<String> options, Map<String, String> settings) {
        this.label = label;
        this.options = options;
        this.settings = settings;
    }

    /// For the report.
    String label() {
        return label;
    }

    /// Of `trainer random-policy`.
    List<String> options() {
        return options;
    }

    /// Of serving.
    Map<String, String> settings() {
        return settings;
    }
}
