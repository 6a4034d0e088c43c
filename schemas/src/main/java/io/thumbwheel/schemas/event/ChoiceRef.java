package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// One answer of one completion, on the wire `chatcmpl-…#0`.
///
/// @param completion the completion
/// @param index the choice, from 0
public record ChoiceRef(CompletionId completion, int index) {
    public ChoiceRef {
        if (index < 0 || index >= completion.choices()) {
            throw new IllegalArgumentException(
                    "completion %s has choices 0 to %d, got choice %d"
                            .formatted(completion, completion.choices() - 1, index));
        }
    }

    @JsonCreator
    public static ChoiceRef parse(String text) {
        int hash = text.lastIndexOf('#');
        if (hash < 0) {
            throw new IllegalArgumentException(
                    "an answer is named <completion id>#<choice>, got '" + text + "'");
        }
        return new ChoiceRef(
                CompletionId.parse(text.substring(0, hash)),
                Integer.parseInt(text.substring(hash + 1)));
    }

    @JsonValue
    @Override
    public String toString() {
        return completion + "#" + index;
    }
}
