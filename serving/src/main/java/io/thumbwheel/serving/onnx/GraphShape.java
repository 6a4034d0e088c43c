package io.thumbwheel.serving.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.Map;

/// What the graph itself says about its sizes.
///
/// @param context most tokens that its rotary tables know
record GraphShape(int layers, int kvHeads, int headDim, int vocab, int context) {
    private static final String CONTEXT_PROPERTY = "thumbwheel.context";

    static GraphShape of(OrtSession session) throws OrtException, ReleaseUnusableException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        int layers = 0;
        while (inputs.containsKey("past_key." + layers)) {
            layers++;
        }
        NodeInfo cache = inputs.get("past_key.0");
        NodeInfo logits = session.getOutputInfo().get("logits");
        String context = session.getMetadata().getCustomMetadata().get(CONTEXT_PROPERTY);
        if (cache == null
                || logits == null
                || context == null
                || !inputs.containsKey("last_positions")) {
            throw new ReleaseUnusableException(
                    "model.onnx has inputs "
                            + inputs.keySet()
                            + ", which are not those of a Thumbwheel release: export it again");
        }
        long[] cacheShape = shape(cache); // [batch, kvHeads, past, headDim]
        long[] logitsShape = shape(logits); // [rows, vocab]
        return new GraphShape(
                layers,
                (int) cacheShape[1],
                (int) cacheShape[3],
                (int) logitsShape[1],
                Integer.parseInt(context));
    }

    /// What it works in.
    KvLayout layout(OnnxConfig config) {
        return KvLayout.of(layers, kvHeads, headDim, vocab, context, config);
    }

    private static long[] shape(NodeInfo node) throws ReleaseUnusableException {
        if (node.getInfo() instanceof TensorInfo tensor) {
            return tensor.getShape();
        }
        throw new ReleaseUnusableException(
                "'" + node.getName() + "' of model.onnx is not a tensor: export it again");
    }
}
