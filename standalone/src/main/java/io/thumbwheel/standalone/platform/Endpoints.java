package io.thumbwheel.standalone.platform;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.ApiKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where a running platform is and how to be let in; also file `endpoints.json` of its data folder.
///
/// @param serving chat and the operator's rollout
/// @param feedback feedback of every kind
/// @param trainer refreshes and runs
/// @param kafka bootstrap server
/// @param redis URL
/// @param keys API key by name: `chat`, `feedback`, `labeler`, `operator`, `simulated`
public record Endpoints(
        URI serving, URI feedback, URI trainer, String kafka, URI redis, Map<String, String> keys) {
    static Endpoints of(PortPlan ports, ApiKeys apiKeys) {
        Map<String, String> keys = new LinkedHashMap<>();
        apiKeys.keys().forEach(key -> keys.put(key.name(), key.key()));
        return new Endpoints(
                http(ports.serving()),
                http(ports.feedback()),
                http(ports.trainer()),
                "127.0.0.1:" + ports.kafka(),
                URI.create("redis://127.0.0.1:" + ports.redis()),
                keys);
    }

    /// The API key with a name.
    public String key(String name) {
        String key = keys.get(name);
        if (key == null) {
            throw new IllegalArgumentException("there is no key named " + name);
        }
        return key;
    }

    void write(Path file) throws IOException {
        DataFolder.writeSecret(
                file,
                JsonMapper.builder()
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsBytes(this));
    }

    private static URI http(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }
}
