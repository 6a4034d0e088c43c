package io.thumbwheel.schemas.artifact;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Names and shapes of a Llama's tensors as Hugging Face writes them, in the one order that all of
/// this platform uses: embedding, the tensors of each layer, final norm, and the output head where
/// it is not tied. A layer has nine, then the biases of query, key and value and the norms of
/// queries and keys where its family has them.
public final class TensorNames {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String HEAD = "lm_head.weight";

    private TensorNames() {}

    /// Name to shape, in order. Linear layers are [out, in].
    public static SequencedMap<String, List<Long>> shapes(ModelConfig config) {
        long hidden = config.hidden();
        long ffn = config.ffn();
        long queries = (long) config.heads() * config.headDim();
        long keyValues = (long) config.keyValueHeads() * config.headDim();
        SequencedMap<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, List.of((long) config.vocab(), hidden));
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", List.of(hidden));
            shapes.put(prefix + "self_attn.q_proj.weight", List.of(queries, hidden));
            shapes.put(prefix + "self_attn.k_proj.weight", List.of(keyValues, hidden));
            shapes.put(prefix + "self_attn.v_proj.weight", List.of(keyValues, hidden));
            shapes.put(prefix + "self_attn.o_proj.weight", List.of(hidden, queries));
            shapes.put(prefix + "post_attention_layernorm.weight", List.of(hidden));
            shapes.put(prefix + "mlp.gate_proj.weight", List.of(ffn, hidden));
            shapes.put(prefix + "mlp.up_proj.weight", List.of(ffn, hidden));
            shapes.put(prefix + "mlp.down_proj.weight", List.of(hidden, ffn));
            if (config.family().biases()) {
                shapes.put(prefix + "self_attn.q_proj.bias", List.of(queries));
                shapes.put(prefix + "self_attn.k_proj.bias", List.of(keyValues));
                shapes.put(prefix + "self_attn.v_proj.bias", List.of(keyValues));
            }
            if (config.family().headNorms()) {
                shapes.put(prefix + "self_attn.q_norm.weight", List.of((long) config.headDim()));
                shapes.put(prefix + "self_attn.k_norm.weight", List.of((long) config.headDim()));
            }
        }
        shapes.put(FINAL_NORM, List.of(hidden));
        if (!config.tied()) {
            shapes.put(HEAD, List.of((long) config.vocab(), hidden));
        }
        return shapes;
    }
}
