package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The architectures that run here: Llama, and what others changed of it. Whatever is not listed is
/// refused by its name.
public enum ModelFamily {
    /// Touvron et al. 2023, arXiv:2307.09288; Llama 3, arXiv:2407.21783; SmolLM2, arXiv:2502.02737.
    LLAMA("llama", "LlamaForCausalLM"),
    /// Jiang et al. 2023, arXiv:2310.06825: attention sees a window of the last tokens.
    MISTRAL("mistral", "MistralForCausalLM"),
    /// Yang et al. 2024, arXiv:2407.10671, and Qwen2.5, arXiv:2412.15115: queries, keys and values
    /// have biases.
    QWEN2("qwen2", "Qwen2ForCausalLM"),
    /// Yang et al. 2025, arXiv:2505.09388: queries and keys are normed head by head before they
    /// turn.
    QWEN3("qwen3", "Qwen3ForCausalLM");

    private static final int SILENT_WINDOW = 4096;
    private static final int SILENT_HEAD_DIM = 128;

    private final String type;
    private final String architecture;

    ModelFamily(String type, String architecture) {
        this.type = type;
        this.architecture = architecture;
    }

    /// The family that `config.json` names.
    ///
    /// @throws UnsupportedModelException where it is none of these
    static ModelFamily of(JsonNode config) {
        String named = config.path("model_type").asText("(none)");
        ModelFamily family =
                Arrays.stream(values())
                        .filter(one -> one.type.equals(named))
                        .findFirst()
                        .orElseThrow(() -> unsupported(named));
        for (JsonNode architecture : config.path("architectures")) {
            if (!architecture.asText().equals(family.architecture)) {
                throw new UnsupportedModelException(
                        "architecture %s is not supported: only %s is with model_type '%s'"
                                .formatted(architecture.asText(), family.architecture, named));
            }
        }
        return family;
    }

    private static UnsupportedModelException unsupported(String type) {
        return new UnsupportedModelException(
                "model_type '%s' is not supported: only %s are"
                        .formatted(
                                type,
                                Arrays.stream(values())
                                        .map(ModelFamily::type)
                                        .collect(Collectors.joining(", "))));
    }

    /// What Hugging Face calls it: `model_type`.
    public String type() {
        return type;
    }

    /// What Hugging Face calls its class: `architectures`.
    public String architecture() {
        return architecture;
    }

    /// Whether the projections of queries, keys and values have biases.
    public boolean biases() {
        return this == QWEN2;
    }

    /// Whether each head of queries and keys is normed.
    public boolean headNorms() {
        return this == QWEN3;
    }

    /// How far attention sees, 0 for everything. Qwen's `sliding_window` applies only with
    /// `use_sliding_window`, which is refused; Mistral's is 4096 where `config.json` is silent, as
    /// in Hugging Face's `MistralConfig`.
    int window(JsonNode config) {
        if (this != MISTRAL) {
            return 0;
        }
        return config.has("sliding_window")
                ? config.path("sliding_window").asInt(0)
                : SILENT_WINDOW;
    }

    /// Width of a head where `config.json` is silent: Qwen3's is 128 whatever the hidden width, as
    /// in Hugging Face's `Qwen3Config`.
    int headDim(int hidden, int heads) {
        if (this == QWEN3) {
            return SILENT_HEAD_DIM;
        }
        return heads > 0 ? hidden / heads : 0;
    }
}
