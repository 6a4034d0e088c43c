package io.thumbwheel.feedback.webhook;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the payloads of a source mean: a JSONata expression (jsonata.org) from a payload to one
/// feedback, a list of them, or nothing where the payload says nothing about an answer. `$headers`
/// holds the request's headers, names in lower case.
///
/// Payloads are foreign: an evaluation may take [#MAX_MILLIS] and recurse [#MAX_DEPTH] deep.
final class Mapping {
    static final int MAX_MILLIS = 500;
    static final int MAX_DEPTH = 200;

    private static final int MAX_NESTING = 64;
    private static final int MAX_FEEDBACKS = 100;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_NESTING)
                                                    .build())
                                    .build())
                    .build();

    private final String expression;

    private Mapping(String expression) {
        this.expression = expression;
    }

    /// @throws IllegalArgumentException where it is no expression
    static Mapping of(String expression) {
        try {
            Jsonata.jsonata(expression);
            return new Mapping(expression);
        } catch (JException e) {
            throw new IllegalArgumentException(
                    "no JSONata expression at character %d: %s"
                            .formatted(e.getLocation(), e.getMessage()),
                    e);
        }
    }

    /// The feedback that a payload means, in the form of `POST /v1/feedback`.
    ///
    /// @throws UnmappableException where it is no JSON or the expression fails on it
    List<ObjectNode> map(byte[] payload, Map<String, String> headers) throws UnmappableException {
        Object tree;
        try {
            tree = MAPPER.readValue(payload, Object.class);
        } catch (IOException e) {
            throw new UnmappableException(true, "the payload is not JSON: " + oneLine(e));
        }
        JsonNode result;
        try {
            // Made anew each time: an expression holds the state of its evaluation.
            Jsonata compiled = Jsonata.jsonata(expression);
            Jsonata.Frame frame = compiled.createFrame();
            frame.setRuntimeBounds(MAX_MILLIS, MAX_DEPTH);
            frame.bind("headers", (Object) headers);
            result = MAPPER.valueToTree(compiled.evaluate(tree, frame));
        } catch (JException | IllegalArgumentException | ClassCastException e) {
            throw new UnmappableException(false, "the mapping fails: " + oneLine(e));
        } catch (StackOverflowError _) {
            throw new UnmappableException(false, "the mapping recurses too deep");
        }
        return feedbacks(result);
    }

    private static List<ObjectNode> feedbacks(JsonNode result) throws UnmappableException {
        List<ObjectNode> feedbacks = new ArrayList<>();
        if (result.isNull() || result.isMissingNode()) {
            return feedbacks;
        }
        for (JsonNode each : result.isArray() ? result : List.of(result)) {
            if (!(each instanceof ObjectNode feedback)) {
                throw new UnmappableException(
                        false, "the mapping must give objects, it gave " + each.getNodeType());
            }
            feedbacks.add(feedback);
        }
        if (feedbacks.size() > MAX_FEEDBACKS) {
            throw new UnmappableException(
                    false,
                    "at most %d feedbacks of one payload, got %d"
                            .formatted(MAX_FEEDBACKS, feedbacks.size()));
        }
        return feedbacks;
    }

    /// A feedback as bytes.
    static byte[] bytes(ObjectNode feedback) {
        try {
            return MAPPER.writeValueAsBytes(feedback);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was mapped must be writable", e);
        }
    }

    private static String oneLine(Exception e) {
        return String.valueOf(
                        e instanceof JsonProcessingException json
                                ? json.getOriginalMessage()
                                : e.getMessage())
                .lines()
                .findFirst()
                .orElse("");
    }
}
