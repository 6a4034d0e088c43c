package io.thumbwheel.serving.conversation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One turn of a conversation: what was asked and what was answered.
///
/// @param completion id of the answer
/// @param system the system message in force, or null
/// @param asked what the request added, without that system message
/// @param answer the text of choice 0
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Turn(
        @JsonProperty("completion") String completion,
        @JsonProperty("system") @Nullable String system,
        @JsonProperty("asked") List<Message> asked,
        @JsonProperty("answer") String answer) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    public Turn {
        asked = List.copyOf(asked);
    }

    /// Its messages, the answer last.
    public List<Message> messages() {
        List<Message> all = new ArrayList<>(asked);
        all.add(new Message("assistant", answer));
        return all;
    }

    String toJson() {
        try {
            return MAPPER.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a turn can always be written", e);
        }
    }

    static Turn of(String json) {
        try {
            return MAPPER.readValue(json, Turn.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Redis holds a turn that is not one of ours", e);
        }
    }
}
