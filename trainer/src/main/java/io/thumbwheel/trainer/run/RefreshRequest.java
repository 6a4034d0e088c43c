package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is asked of a refresh, and why it begins.
///
/// @param trigger why it begins
/// @param limits offsets that its data ends at, by topic and partition; where none is named, all
///   that has been read
/// @param seed where it is given
/// @param config the effective configuration
record RefreshRequest(
        Trigger trigger,
        Map<Topics, SortedMap<Integer, Long>> limits,
        OptionalLong seed,
        RefreshConfig config) {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /// By the field of the request.
    private static final Map<String, Topics> LIMITS =
            new LinkedHashMap<>(
                    Map.of(
                            "examples_until", Topics.EXAMPLES,
                            "prompts_until", Topics.PROMPTS,
                            "raters_until", Topics.RATERS));

    private static final Set<String> OTHERS = Set.of("seed", "steps", "config");

    RefreshRequest {
        limits = Map.copyOf(limits);
    }

    /// A refresh that nobody asks for: all that has been read, by the defaults.
    static RefreshRequest by(Trigger trigger) {
        return new RefreshRequest(
                trigger, Map.of(), OptionalLong.empty(), RefreshConfig.standard());
    }

    /// Reads the body of a request: all fields may be absent.
    ///
    /// `examples_until`, `prompts_until`, `raters_until`: `{"<partition>": <offset>}`; `seed`;
    /// `steps`: PPO steps; `config`: any part of [RefreshConfig], merged over the defaults.
    ///
    /// @throws IllegalArgumentException where it is not such a body, naming the field
    static RefreshRequest parse(String body) {
        JsonNode json = tree(body);
        json.fieldNames()
                .forEachRemaining(field -> {
                    if (!LIMITS.containsKey(field) && !OTHERS.contains(field)) {
                        throw new IllegalArgumentException(
                                "unknown field '%s': a refresh takes %s, %s"
                                        .formatted(
                                                field,
                                                String.join(", ", LIMITS.keySet()),
                                                String.join(", ", OTHERS)));
                    }
                });
        Map<Topics, SortedMap<Integer, Long>> limits = new TreeMap<>();
        LIMITS.forEach((field, topic) -> {
            if (json.has(field)) {
                limits.put(topic, limitsOf(field, json.get(field)));
            }
        });
        return new RefreshRequest(Trigger.REQUEST, limits, seedOf(json), configOf(json));
    }

    private static JsonNode tree(String body) {
        try {
            JsonNode json = MAPPER.readTree(body.isBlank() ? "{}" : body);
            if (!json.isObject()) {
                throw new IllegalArgumentException("the body must be a JSON object, got " + json);
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the body is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static SortedMap<Integer, Long> limitsOf(String field, JsonNode value) {
        SortedMap<Integer, Long> limits = new TreeMap<>();
        for (Map.Entry<String, JsonNode> limit : value.properties()) {
            if (!limit.getKey().matches("\\d{1,6}")
                    || !limit.getValue().canConvertToLong()
                    || limit.getValue().asLong() < 0) {
                throw new IllegalArgumentException(
                        "%s maps partitions to offsets, as in {\"0\": 12}; got \"%s\": %s"
                                .formatted(field, limit.getKey(), limit.getValue()));
            }
            limits.put(Integer.parseInt(limit.getKey()), limit.getValue().asLong());
        }
        if (limits.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s maps partitions to offsets, as in {\"0\": 12}; got %s"
                            .formatted(field, value));
        }
        return limits;
    }

    private static OptionalLong seedOf(JsonNode json) {
        if (!json.has("seed")) {
            return OptionalLong.empty();
        }
        if (!json.get("seed").canConvertToLong()) {
            throw new IllegalArgumentException(
                    "seed must be a whole number, got " + json.get("seed"));
        }
        return OptionalLong.of(json.get("seed").asLong());
    }

    private static RefreshConfig configOf(JsonNode json) {
        ObjectNode config = MAPPER.valueToTree(RefreshConfig.standard());
        if (json.has("config")) {
            merge(config, json.get("config"), List.of("config"));
        }
        if (json.has("steps")) {
            if (!json.get("steps").canConvertToInt()) {
                throw new IllegalArgumentException(
                        "steps must be a whole number, got " + json.get("steps"));
            }
            ((ObjectNode) config.get("ppo")).put("steps", json.get("steps").asInt());
        }
        ObjectReader reader = MAPPER.readerFor(RefreshConfig.class);
        try {
            return reader.readValue(config);
        } catch (IOException e) {
            Throwable cause = e.getCause() instanceof IllegalArgumentException why ? why : e;
            throw new IllegalArgumentException("config: " + cause.getMessage(), e);
        }
    }

    private static void merge(ObjectNode target, JsonNode changes, List<String> path) {
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            JsonNode known = target.get(change.getKey());
            if (known == null) {
                throw new IllegalArgumentException(
                        "%s has no field '%s'; it has %s"
                                .formatted(String.join(".", path), change.getKey(), names(target)));
            }
            if (known instanceof ObjectNode inner) {
                List<String> deeper = new ArrayList<>(path);
                deeper.add(change.getKey());
                merge(inner, change.getValue(), deeper);
            } else {
                target.set(change.getKey(), change.getValue());
            }
        }
    }

    private static String names(ObjectNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return String.join(", ", names);
    }
}
