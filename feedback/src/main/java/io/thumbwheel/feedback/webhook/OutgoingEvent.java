package io.thumbwheel.feedback.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// Something that others are told.
///
/// @param id the same at every attempt: receivers tell repetitions by it
/// @param kind what happened
/// @param at when
/// @param details names and words; no text of anybody
record OutgoingEvent(String id, Kind kind, Instant at, Map<String, String> details) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    OutgoingEvent {
        details = Map.copyOf(details);
    }

    /// What can happen.
    enum Kind {
        @JsonProperty("release.promoted")
        RELEASE_PROMOTED("release.promoted"),
        @JsonProperty("release.rolled_back")
        RELEASE_ROLLED_BACK("release.rolled_back"),
        @JsonProperty("gate.refused")
        GATE_REFUSED("gate.refused"),
        @JsonProperty("feedback.quarantined")
        FEEDBACK_QUARANTINED("feedback.quarantined");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        /// As payloads name it.
        String type() {
            return type;
        }
    }

    /// The payload, as Standard Webhooks recommends it: `{"type", "timestamp", "data"}`.
    byte[] payload() {
        ObjectNode payload = MAPPER.createObjectNode();
        payload.put("type", kind.type()).put("timestamp", at.toString());
        payload.set("data", MAPPER.valueToTree(new TreeMap<>(details)));
        try {
            return MAPPER.writeValueAsBytes(payload);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event must always be writable", e);
        }
    }
}
