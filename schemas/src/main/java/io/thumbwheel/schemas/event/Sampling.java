package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How tokens are drawn. The log-probabilities of an event are of the distribution after all of
/// this.
///
/// @param temperature softmax temperature; 0 is greedy
/// @param topP nucleus mass in (0, 1]; 1 is off
/// @param topK number of most probable tokens kept; 0 is off
/// @param minP least probability relative to the most probable token, in [0, 1); 0 is off
/// @param maxTokens most tokens of one answer
/// @param stop texts at which an answer ends; the text itself is cut off
/// @param seed seed of the draw; choice i uses a stream of its own derived from it
/// @param rules what is done to the logits first; null where they are taken as they come
/// @param format what an answer is held to: tokens that break it were impossible; null is text
public record Sampling(
        double temperature,
        double topP,
        int topK,
        double minP,
        int maxTokens,
        List<String> stop,
        long seed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable LogitRules rules,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Format format) {
    public Sampling {
        stop = List.copyOf(stop);
        rules = LogitRules.NONE.equals(rules) ? null : rules;
        if (!(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException(
                    "temperature must be between 0 and 2, got " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top_p must be above 0 and at most 1, got " + topP);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top_k must be 0 (off) or more, got " + topK);
        }
        if (!(minP >= 0 && minP < 1)) {
            throw new IllegalArgumentException("min_p must be at least 0 and below 1, got " + minP);
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max_tokens must be at least 1, got " + maxTokens);
        }
    }

    /// A form that an answer is held to.
    public enum Format {
        /// One JSON object.
        @JsonProperty("json_object")
        JSON_OBJECT
    }

    /// Without rules, in text.
    public Sampling(
            double temperature,
            double topP,
            int topK,
            double minP,
            int maxTokens,
            List<String> stop,
            long seed) {
        this(temperature, topP, topK, minP, maxTokens, stop, seed, null, null);
    }
}
