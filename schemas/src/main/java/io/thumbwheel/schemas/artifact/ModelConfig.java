package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The shape of a Llama-family decoder: what a Hugging Face `config.json` says, in our words.
/// Whatever would change the forward pass and is not implemented is refused by its name when read,
/// so that no checkpoint runs as something that it is not.
///
/// Llama 2, Touvron et al. 2023, arXiv:2307.09288; grouped-query attention, Ainslie et al. 2023,
/// arXiv:2305.13245; the other families: [ModelFamily].
///
/// @param family which of the architectures it is
/// @param vocab number of token ids
/// @param hidden width of the residual stream
/// @param layers number of decoder blocks
/// @param heads query heads
/// @param keyValueHeads key and value heads; divides `heads`
/// @param headDim width of a head; even, for the rotary embedding
/// @param ffn width of the feed-forward layer
/// @param context longest sequence, prompt and response together
/// @param normEpsilon epsilon of the RMS norms
/// @param ropeTheta base of the rotary embedding
/// @param ropeScaling how its low frequencies are stretched; null where they are not
/// @param window how many tokens back attention sees, its own included; 0 means all of them
/// @param tied whether the embedding is also the output head
/// @param bosId id that begins a sequence
/// @param eosId id that ends an answer
/// @param padId id that fills rows; never attended to by a real token
public record ModelConfig(
        ModelFamily family,
        int vocab,
        int hidden,
        int layers,
        int heads,
        int keyValueHeads,
        int headDim,
        int ffn,
        int context,
        double normEpsilon,
        double ropeTheta,
        @Nullable RopeScaling ropeScaling,
        int window,
        boolean tied,
        int bosId,
        int eosId,
        int padId) {
    /// Name in a Hugging Face folder.
    public static final String FILE = "config.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Keys of `config.json` that a value other than the listed ones makes another architecture.
    private static final Set<String> MUST_BE_ABSENT_OR_FALSE =
            Set.of(
                    "attention_bias",
                    "mlp_bias",
                    "quantization_config",
                    "rope_interleaved",
                    "use_qk_norm",
                    "use_sliding_window",
                    "no_rope_layers");

    public ModelConfig {
        positive("vocab_size", vocab);
        positive("hidden_size", hidden);
        positive("num_hidden_layers", layers);
        positive("num_attention_heads", heads);
        positive("num_key_value_heads", keyValueHeads);
        positive("head_dim", headDim);
        positive("intermediate_size", ffn);
        positive("max_position_embeddings", context);
        if (heads % keyValueHeads != 0) {
            throw new UnsupportedModelException(
                    "num_attention_heads %d is not a multiple of num_key_value_heads %d"
                            .formatted(heads, keyValueHeads));
        }
        if (headDim % 2 != 0) {
            throw new UnsupportedModelException(
                    "head_dim must be even for the rotary embedding, got " + headDim);
        }
        if (window < 0) {
            throw new UnsupportedModelException("sliding_window must be above 0, got " + window);
        }
        if (!(normEpsilon > 0) || !(ropeTheta > 0)) {
            throw new UnsupportedModelException(
                    "rms_norm_eps and rope_theta must be above 0, got %s and %s"
                            .formatted(normEpsilon, ropeTheta));
        }
        inVocab("bos_token_id", bosId, vocab);
        inVocab("eos_token_id", eosId, vocab);
        inVocab("pad_token_id", padId, vocab);
    }

    /// A Llama with plain rotary embedding that attends to everything.
    public static ModelConfig llama(
            int vocab,
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int headDim,
            int ffn,
            int context,
            double normEpsilon,
            double ropeTheta,
            boolean tied,
            int bosId,
            int eosId,
            int padId) {
        return new ModelConfig(
                ModelFamily.LLAMA,
                vocab,
                hidden,
                layers,
                heads,
                keyValueHeads,
                headDim,
                ffn,
                context,
                normEpsilon,
                ropeTheta,
                null,
                0,
                tied,
                bosId,
                eosId,
                padId);
    }

    /// By how much each pair of a head's values turns from one position to the next, in radians
    /// [headDim / 2]: `theta^(−2i / headDim)` (RoFormer, Su et al. 2021, arXiv:2104.09864, eq. 15),
    /// stretched where the family does so.
    public double[] rotaryFrequencies() {
        double[] frequencies = new double[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(ropeTheta, -2.0 * i / headDim);
            frequencies[i] = ropeScaling == null ? frequency : ropeScaling.stretched(frequency);
        }
        return frequencies;
    }

    /// Number of trained values.
    public long parameters() {
        return TensorNames.shapes(this).values().stream()
                .mapToLong(shape ->
                        shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b))
                .sum();
    }

    /// Reads `config.json` of a Hugging Face folder.
    ///
    /// @throws UnsupportedModelException where the forward pass would not be that of the checkpoint
    /// @throws IOException where the file cannot be read or is not JSON
    public static ModelConfig read(Path folder) throws IOException {
        return of(JSON.readTree(Files.readAllBytes(folder.resolve(FILE))));
    }

    /// The configuration that the JSON object describes.
    public static ModelConfig of(JsonNode json) {
        ModelFamily family = ModelFamily.of(json);
        refuseOtherArchitectures(json);
        int window = family.window(json);
        refuseMixedAttention(json, window);
        if (family == ModelFamily.LLAMA && json.hasNonNull("sliding_window")) {
            throw new UnsupportedModelException(
                    "sliding_window = %s is not supported with model_type 'llama': only with 'mistral'"
                            .formatted(json.path("sliding_window")));
        }
        int hidden = integer(json, "hidden_size");
        int heads = integer(json, "num_attention_heads");
        int eos = firstId(json, "eos_token_id", -1);
        return new ModelConfig(
                family,
                integer(json, "vocab_size"),
                hidden,
                integer(json, "num_hidden_layers"),
                heads,
                json.path("num_key_value_heads").asInt(heads),
                json.path("head_dim").asInt(family.headDim(hidden, heads)),
                integer(json, "intermediate_size"),
                integer(json, "max_position_embeddings"),
                json.path("rms_norm_eps").asDouble(1e-6),
                ropeTheta(json),
                RopeScaling.of(json).orElse(null),
                window,
                json.path("tie_word_embeddings").asBoolean(false),
                firstId(json, "bos_token_id", eos),
                eos,
                firstId(json, "pad_token_id", eos));
    }

    /// Writes `config.json` into the folder, aside first and then in place.
    public void write(Path folder) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(toJson()));
        AtomicFile.write(folder.resolve(FILE), channel -> AtomicFile.writeFully(channel, bytes));
    }

    /// The Hugging Face form.
    public ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(family.architecture());
        json.put("model_type", family.type());
        json.put("hidden_size", hidden);
        json.put("intermediate_size", ffn);
        json.put("num_hidden_layers", layers);
        json.put("num_attention_heads", heads);
        json.put("num_key_value_heads", keyValueHeads);
        json.put("head_dim", headDim);
        json.put("vocab_size", vocab);
        json.put("max_position_embeddings", context);
        json.put("rms_norm_eps", normEpsilon);
        json.put("rope_theta", ropeTheta);
        if (ropeScaling == null) {
            json.putNull("rope_scaling");
        } else {
            json.set("rope_scaling", ropeScaling.toJson());
        }
        if (window > 0) {
            json.put("sliding_window", window);
        } else {
            json.putNull("sliding_window");
        }
        json.put("hidden_act", "silu");
        json.put("attention_bias", false);
        json.put("mlp_bias", false);
        json.put("attention_dropout", 0.0);
        json.put("tie_word_embeddings", tied);
        json.put("bos_token_id", bosId);
        json.put("eos_token_id", eosId);
        json.put("pad_token_id", padId);
        json.put("initializer_range", 0.02);
        json.put("use_cache", true);
        json.put("torch_dtype", "float32");
        return json;
    }

    private static void refuseOtherArchitectures(JsonNode json) {
        String activation = json.path("hidden_act").asText("silu");
        if (!activation.equals("silu")) {
            throw new UnsupportedModelException(
                    "hidden_act '%s' is not supported: only 'silu' is".formatted(activation));
        }
        for (String key : MUST_BE_ABSENT_OR_FALSE) {
            JsonNode value = json.path(key);
            if (!value.isMissingNode()
                    && !value.isNull()
                    && !value.equals(JSON.getNodeFactory().booleanNode(false))) {
                throw new UnsupportedModelException(
                        "%s = %s is not supported: it must be absent, null or false"
                                .formatted(key, value));
            }
        }
        double rotated = json.path("partial_rotary_factor").asDouble(1);
        if (rotated != 1) {
            throw new UnsupportedModelException(
                    "partial_rotary_factor = %s is not supported: only 1 is".formatted(rotated));
        }
    }

    private static void refuseMixedAttention(JsonNode json, int window) {
        String all = window > 0 ? "sliding_attention" : "full_attention";
        for (JsonNode kind : json.path("layer_types")) {
            if (!kind.asText().equals(all)) {
                throw new UnsupportedModelException(
                        "layer_types with '%s' is not supported: with sliding_window %d all layers must be '%s'"
                                .formatted(kind.asText(), window, all));
            }
        }
    }

    /// `rope_theta`, or transformers 5's `rope_parameters`.
    private static double ropeTheta(JsonNode json) {
        double own = json.path("rope_parameters").path("rope_theta").asDouble(10_000);
        return json.path("rope_theta").asDouble(own);
    }

    private static int integer(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw new UnsupportedModelException(
                    "config.json needs an integer '%s', got %s".formatted(key, value));
        }
        return value.intValue();
    }

    /// Checkpoints with several end tokens list the model's own first.
    private static int firstId(JsonNode json, String key, int missing) {
        JsonNode value = json.path(key);
        if (value.isArray() && !value.isEmpty()) {
            return value.get(0).asInt(missing);
        }
        return value.asInt(missing);
    }

    private static void positive(String key, int value) {
        if (value < 1) {
            throw new UnsupportedModelException(key + " must be at least 1, got " + value);
        }
    }

    private static void inVocab(String key, int id, int vocab) {
        if (id < 0 || id >= vocab) {
            throw new UnsupportedModelException(
                    "%s must be between 0 and %d, got %d".formatted(key, vocab - 1, id));
        }
    }
}
