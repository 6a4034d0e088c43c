package io.thumbwheel.standalone.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// One chat request of one turn, sampled at temperature 1 from the whole distribution.
///
/// @param prompt what the person says
/// @param model `policy`, or a release id that pins it
/// @param choices how many answers
/// @param maxTokens longest answer
/// @param seed of the sampler
/// @param user who asks; null for nobody in particular, and then the platform may not keep it
/// @param conversation which one it belongs to; null for one of its own
public record ChatCall(
        String prompt,
        String model,
        int choices,
        int maxTokens,
        long seed,
        @Nullable String user,
        @Nullable String conversation) {
    /// Serves whatever the rollout says.
    public static final String POLICY = "policy";

    /// The request as JSON.
    public ObjectNode body(boolean stream) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        body.put("n", choices);
        body.put("max_tokens", maxTokens);
        body.put("temperature", 1.0);
        body.put("top_p", 1.0);
        body.put("seed", seed);
        body.put("store", user != null);
        if (user != null) {
            body.put("user", user);
        }
        if (conversation != null) {
            body.put("conversation", conversation);
        }
        if (stream) {
            body.put("stream", true);
        } else {
            body.put("return_token_ids", true);
        }
        return body;
    }
}
