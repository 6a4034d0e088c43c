package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The wire form of events. The files in `events/v1` are what older processes have written: they
/// are never changed, a new version adds files.
final class EventCodecTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static Stream<String> names() {
        return GoldenEvents.byName().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void writesWhatItAlwaysWrote(String name) throws IOException {
        assertThat(new String(EventCodec.encode(event(name)), StandardCharsets.UTF_8))
                .isEqualTo(new String(golden(name), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsWhatWasEverWritten(String name) throws Exception {
        Event event = EventCodec.decode(golden(name));

        assertThat(event).isEqualTo(event(name));
        assertThat(EventCodec.encode(event)).isEqualTo(golden(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void isAsItsSchemaSays(String name) throws IOException {
        JsonNode body = MAPPER.readTree(golden(name));
        try (InputStream schema =
                resource("/events/v1/" + body.path("kind").asText() + ".schema.json")) {
            assertThat(
                            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                                    .getSchema(schema)
                                    .validate(body))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theSchemaMissesAFieldThatIsGone(String name) throws IOException {
        ObjectNode body = (ObjectNode) MAPPER.readTree(golden(name));
        body.remove("kind");
        String kind = name.contains("-") ? name.substring(0, name.indexOf('-')) : name;
        try (InputStream schema = resource("/events/v1/" + kind + ".schema.json")) {
            assertThat(
                            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                                    .getSchema(schema)
                                    .validate(body))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void ignoresFieldsOfNewerWriters(String name) throws Exception {
        ObjectNode body = (ObjectNode) MAPPER.readTree(golden(name));
        body.put("added_later", 1);

        assertThat(EventCodec.decode(MAPPER.writeValueAsBytes(body))).isEqualTo(event(name));
    }

    @Test
    void everyKindHasAGoldenExample() {
        Set<String> kinds =
                Arrays.stream(Event.class.getAnnotation(JsonSubTypes.class).value())
                        .map(type -> type.name())
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(names().map(name -> name.replaceFirst("-.*", "")).collect(Collectors.toSet()))
                .isEqualTo(kinds);
    }

    @Test
    void anUnknownKindOrVersionIsUnreadable() {
        assertUnreadable("{\"schema\":1,\"kind\":\"song\"}", "song");
        assertUnreadable("{\"schema\":2,\"kind\":\"withdrawn\"}", "schema must be 1, got 2");
        assertUnreadable("{\"kind\":\"withdrawn\"}", "schema must be 1");
        assertUnreadable("not json", "not a readable event");
        assertUnreadable("", "schema must be 1");
        assertUnreadable("[]", "schema must be 1");
    }

    @Test
    void aBrokenRuleIsUnreadable() throws IOException {
        ObjectNode body = (ObjectNode) MAPPER.readTree(golden("rated"));
        body.put("score", 2);

        assertUnreadable(body.toString(), "a score must be in [0, 1], got 2.0");
    }

    private static void assertUnreadable(String body, String reason) {
        assertThatThrownBy(() -> EventCodec.decode(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessageContaining(reason);
    }

    private static Event event(String name) {
        return Objects.requireNonNull(GoldenEvents.byName().get(name));
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream file = resource("/events/v1/" + name + ".json")) {
            return file.readAllBytes();
        }
    }

    private static InputStream resource(String path) {
        InputStream found = EventCodecTest.class.getResourceAsStream(path);
        if (found == null) {
            throw new AssertionError("no resource " + path);
        }
        return found;
    }
}
