package io.thumbwheel.trainer.onnx;

import static io.thumbwheel.trainer.onnx.GraphNodes.MICROSOFT;
import static io.thumbwheel.trainer.onnx.GraphNodes.ONNX;
import static io.thumbwheel.trainer.onnx.GraphNodes.attribute;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.thumbwheel.schemas.artifact.ModelConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A Llama decoder as an ONNX graph for ONNX Runtime, with the KV cache as inputs and outputs: a
/// caller who binds the same memory to `past_…` and `present_…` has it updated in place.
///
/// | input | type and shape | |
/// |---|---|---|
/// | `input_ids` | int64 [batch, seq] | tokens; right-padded where prompts differ in length |
/// | `last_positions` | int32 [batch] | tokens of each row after this pass, less 1 |
/// | `longest` | int32 [] | the greatest of those numbers of tokens |
/// | `rows` | int64 [rows] | positions of the flattened [batch * seq] whose logits are wanted |
/// | `past_key.i`, `past_value.i` | float [batch, kvHeads, past, headDim] | per layer |
///
/// Outputs: `logits` float [rows, vocab], `present_key.i`, `present_value.i` as the inputs. seq > 1
/// is for fresh rows only: GroupQueryAttention takes several new tokens after a past for batch 1
/// alone.
///
/// Within, a row is a token of the pass, [tokens = batch * seq, …]; attention alone sees sequences.
/// Rotary embedding is Hugging Face's (halves, not neighbours); SiLU is QuickGelu with alpha 1.
final class OnnxGraph {
    /// Property of the model: most tokens that its rotary tables know.
    static final String CONTEXT_PROPERTY = "thumbwheel.context";

    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;

    private final ModelConfig config;
    private final HuggingFaceWeights weights;
    private final WeightSink sink;
    private final GraphNodes graph = new GraphNodes("llama");
    private final Matrices matrices;
    private final Map<String, TensorProto> there;

    /// @param form how it multiplies
    /// @param sink gets what is not in `there`
    /// @param there weights that another file of the folder holds already, by name
    OnnxGraph(
            ModelConfig config,
            Matrices.Form form,
            HuggingFaceWeights weights,
            WeightSink sink,
            Map<String, TensorProto> there) {
        this.config = config;
        this.weights = weights;
        this.sink = sink;
        this.there = there;
        matrices = form.over(graph, sink);
    }

    /// The whole model; its weights are in the sink afterwards.
    ModelProto build() throws IOException {
        graph.output("logits", DataType.FLOAT, "rows", config.vocab());
        decoder();
        return model();
    }

    /// The same with a softmax: input `temperature` float [], which divides the logits, and in
    /// their place output `probabilities` float [rows, vocab].
    ModelProto buildWithSoftmax() throws IOException {
        graph.input("temperature", DataType.FLOAT);
        graph.output("probabilities", DataType.FLOAT, "rows", config.vocab());
        decoder();
        graph.node(ONNX, "Div", List.of("logits", "temperature"), "tempered");
        graph.node(ONNX, "Softmax", List.of("tempered"), "probabilities", attribute("axis", -1));
        return model();
    }

    private void decoder() throws IOException {
        inputs();
        sequenceShape();
        rotaryTables();
        graph.constant("attended_shape", -1, (long) config.heads() * config.headDim());
        String embedding =
                weight(
                        "embedding",
                        weights.embedding(),
                        config.vocab(),
                        config.hidden()); // [vocab, hidden]
        String ids =
                graph.node(
                        ONNX,
                        "Reshape",
                        List.of("input_ids", graph.constant("one_axis", -1)),
                        "ids"); // [tokens]
        String residual =
                graph.node(ONNX, "Gather", List.of(embedding, ids), "embedded"); // [tokens, hidden]
        String normed =
                graph.node(
                        ONNX,
                        "SimplifiedLayerNormalization",
                        List.of(residual, norm("attention_norm.0", weights.attentionNorm(0))),
                        "attention_in.0",
                        attribute("axis", -1),
                        attribute("stash_type", 1),
                        attribute("epsilon", (float) config.normEpsilon()));
        for (int layer = 0; layer < config.layers(); layer++) {
            String attended = attention(layer, normed);
            residual = "attention_residual." + layer;
            normed = "feed_forward_in." + layer;
            addAndNorm(
                    attended,
                    layer == 0 ? "embedded" : "feed_forward_residual." + (layer - 1),
                    norm("feed_forward_norm." + layer, weights.feedForwardNorm(layer)),
                    normed,
                    residual);
            String fed = feedForward(layer, normed);
            boolean last = layer == config.layers() - 1;
            String gain =
                    last
                            ? norm("final_norm", weights.finalNorm())
                            : norm(
                                    "attention_norm." + (layer + 1),
                                    weights.attentionNorm(layer + 1));
            normed = last ? "final_hidden" : "attention_in." + (layer + 1);
            addAndNorm(fed, residual, gain, normed, "feed_forward_residual." + layer);
        }
        head(normed, embedding);
    }

    private void inputs() {
        graph.input("input_ids", DataType.INT64, "batch", "seq");
        graph.input("last_positions", DataType.INT32, "batch");
        graph.input("longest", DataType.INT32);
        graph.input("rows", DataType.INT64, "rows");
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String kind : List.of("key", "value")) {
                graph.input("past_" + kind + "." + layer, DataType.FLOAT, cacheShape());
                graph.output("present_" + kind + "." + layer, DataType.FLOAT, cacheShape());
            }
        }
    }

    private Object[] cacheShape() {
        return new Object[] {"batch", config.keyValueHeads(), "past", config.headDim()};
    }

    /// What turns [tokens, width] into [batch, seq, width], for any width.
    private void sequenceShape() {
        String lengths = graph.node(ONNX, "Shape", List.of("input_ids"), "batch_seq");
        graph.node(
                ONNX,
                "Concat",
                List.of(lengths, graph.constant("any_width", -1)),
                "sequences",
                attribute("axis", 0));
    }

    private String bySequence(String rows) {
        return graph.node(ONNX, "Reshape", List.of(rows, "sequences"), rows + ".by_sequence");
    }

    /// cos and sin of position times frequency.
    private void rotaryTables() throws IOException {
        double[] frequencies = config.rotaryFrequencies();
        int half = frequencies.length;
        float[] cos = new float[config.context() * half]; // [context, headDim / 2]
        float[] sin = new float[config.context() * half]; // [context, headDim / 2]
        for (int position = 0; position < config.context(); position++) {
            for (int i = 0; i < half; i++) {
                double angle = position * frequencies[i];
                cos[position * half + i] = (float) Math.cos(angle);
                sin[position * half + i] = (float) Math.sin(angle);
            }
        }
        weight("rotary_cos", cos, config.context(), half);
        weight("rotary_sin", sin, config.context(), half);
    }

    /// Queries, keys and values as GroupQueryAttention takes them: packed in one, or three where
    /// heads are normed first.
    private List<String> projections(int layer, String input) throws IOException {
        int width = (config.heads() + 2 * config.keyValueHeads()) * config.headDim();
        String packed = matMul("qkv." + layer, input, weights.queryKeyValue(layer), width);
        if (config.family().biases()) {
            String bias = norm("qkv." + layer + ".bias", weights.queryKeyValueBias(layer));
            packed = graph.node(ONNX, "Add", List.of(packed, bias), "qkv_biased." + layer);
        }
        if (!config.family().headNorms()) {
            return List.of(bySequence(packed), "", "");
        }
        String queries = "queries." + layer;
        String keys = "keys." + layer;
        String values = "values." + layer;
        int keyWidth = config.keyValueHeads() * config.headDim();
        graph.node(
                ONNX,
                "Split",
                List.of(
                        packed,
                        graph.constant(
                                "qkv_widths." + layer,
                                (long) config.heads() * config.headDim(),
                                keyWidth,
                                keyWidth)),
                List.of(queries, keys, values),
                attribute("axis", -1));
        return List.of(
                headsNormed(queries, config.heads(), weights.queryNorm(layer)),
                headsNormed(keys, config.keyValueHeads(), weights.keyNorm(layer)),
                bySequence(values));
    }

    /// Each head of [tokens, heads * headDim] normed by itself: [batch, seq, heads * headDim].
    private String headsNormed(String input, int heads, float[] gain) throws IOException {
        String split =
                graph.node(
                        ONNX,
                        "Reshape",
                        List.of(
                                input,
                                graph.constant(input + ".heads", 0, heads, config.headDim())),
                        input + ".split"); // [tokens, heads, headDim]
        String normed =
                graph.node(
                        ONNX,
                        "SimplifiedLayerNormalization",
                        List.of(split, norm(input + ".norm", gain)),
                        input + ".normed",
                        attribute("axis", -1),
                        attribute("stash_type", 1),
                        attribute("epsilon", (float) config.normEpsilon()));
        return bySequence(normed);
    }

    private String attention(int layer, String input) throws IOException {
        List<String> inputs = new ArrayList<>(projections(layer, input));
        inputs.addAll(
                List.of(
                        "past_key." + layer,
                        "past_value." + layer,
                        "last_positions",
                        "longest",
                        "rotary_cos",
                        "rotary_sin"));
        String attended = "attended." + layer; // [batch, seq, heads * headDim]
        graph.node(
                MICROSOFT,
                "GroupQueryAttention",
                inputs,
                List.of(attended, "present_key." + layer, "present_value." + layer),
                attribute("num_heads", config.heads()),
                attribute("kv_num_heads", config.keyValueHeads()),
                attribute("do_rotary", 1),
                attribute("rotary_interleaved", 0),
                attribute("local_window_size", config.window() == 0 ? -1 : config.window()));
        return matMul(
                "attention_out." + layer,
                graph.node(
                        ONNX, "Reshape", List.of(attended, "attended_shape"), attended + ".rows"),
                weights.attentionOutput(layer),
                config.hidden());
    }

    /// SwiGLU: down(silu(gate(x)) * up(x)).
    private String feedForward(int layer, String input) throws IOException {
        String both = matMul("gate_up." + layer, input, weights.gateUp(layer), 2 * config.ffn());
        String gate = "gate." + layer; // [tokens, intermediate]
        String up = "up." + layer; // [tokens, intermediate]
        graph.node(
                ONNX,
                "Split",
                List.of(both),
                List.of(gate, up),
                attribute("axis", -1),
                attribute("num_outputs", 2));
        String active =
                graph.node(
                        MICROSOFT,
                        "QuickGelu",
                        List.of(gate),
                        "active." + layer,
                        attribute("alpha", 1f));
        String product = graph.node(ONNX, "Mul", List.of(active, up), "product." + layer);
        return matMul("down." + layer, product, weights.down(layer), config.hidden());
    }

    private void addAndNorm(
            String added, String residual, String gain, String normed, String newResidual) {
        graph.node(
                MICROSOFT,
                "SkipSimplifiedLayerNormalization",
                List.of(added, residual, gain),
                List.of(normed, "", "", newResidual),
                attribute("epsilon", (float) config.normEpsilon()));
    }

    /// Logits of the wanted rows only: a prefill would otherwise compute seq times as many.
    private void head(String hidden, String embedding) throws IOException {
        String wanted =
                graph.node(ONNX, "Gather", List.of(hidden, "rows"), "wanted"); // [rows, hidden]
        matrices.head(
                "logits",
                wanted,
                embedding,
                config.tied(),
                config.tied() ? weights.embedding() : weights.head(),
                config.vocab());
    }

    /// `input` [tokens, in] times the transpose of `weight` [out, in].
    private String matMul(String name, String input, float[] weight, int out) throws IOException {
        return matrices.product(name, input, Matrices.Rows.TOKENS, weight, out);
    }

    private String norm(String name, float[] gain) throws IOException {
        return weight(name, gain, gain.length);
    }

    private String weight(String name, float[] values, long... shape) throws IOException {
        TensorProto written = there.get(name);
        return graph.weight(written == null ? sink.write(name, values, shape) : written);
    }

    private ModelProto model() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("thumbwheel")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(ONNX).setVersion(OPSET))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .addMetadataProps(
                        StringStringEntryProto.newBuilder()
                                .setKey(CONTEXT_PROPERTY)
                                .setValue(Integer.toString(config.context())))
                .setGraph(graph.build())
                .build();
    }
}
