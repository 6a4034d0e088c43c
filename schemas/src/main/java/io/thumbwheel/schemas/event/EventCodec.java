package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Events as bytes and back. Unknown fields are ignored, so that readers may be older than writers
/// within a major version; an unknown kind or version is unreadable, and its record belongs in the
/// dead letters.
public final class EventCodec {
    /// Major version of the bodies written.
    public static final int SCHEMA = 1;

    /// The end of every body.
    private static final byte[] SCHEMA_FIELD =
            (",\"schema\":" + SCHEMA + "}").getBytes(StandardCharsets.UTF_8);

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .build();

    private EventCodec() {}

    /// The body of an event: UTF-8 JSON with `kind` and `schema`.
    public static byte[] encode(Event event) {
        try {
            byte[] fields = MAPPER.writeValueAsBytes(event);
            byte[] body = Arrays.copyOf(fields, fields.length - 1 + SCHEMA_FIELD.length);
            System.arraycopy(SCHEMA_FIELD, 0, body, fields.length - 1, SCHEMA_FIELD.length);
            return body;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event must always be writable: " + event, e);
        }
    }

    /// Reads a body.
    ///
    /// @throws UnreadableEventException where it is not JSON, of another kind or version, or breaks
    ///   a rule of its record
    public static Event decode(byte[] body) throws UnreadableEventException {
        if (isOurs(body)) {
            try {
                return MAPPER.readValue(body, Event.class);
            } catch (IOException _) {
                // The longer way says what is wrong with it.
            }
        }
        try {
            JsonNode tree = MAPPER.readTree(body);
            int schema = tree.path("schema").asInt();
            if (schema != SCHEMA) {
                throw new UnreadableEventException(
                        "schema must be " + SCHEMA + ", got " + tree.path("schema"), null);
            }
            return MAPPER.treeToValue(tree, Event.class);
        } catch (IOException e) {
            throw new UnreadableEventException("not a readable event: " + e.getMessage(), e);
        }
    }

    /// Whether it ends as [#encode] ends a body, so that its version is known without a look at all
    /// of it.
    private static boolean isOurs(byte[] body) {
        int tail = body.length - SCHEMA_FIELD.length;
        return tail > 0
                && Arrays.equals(body, tail, body.length, SCHEMA_FIELD, 0, SCHEMA_FIELD.length);
    }
}
