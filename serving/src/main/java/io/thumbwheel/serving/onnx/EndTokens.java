package io.thumbwheel.serving.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The token ids that end an answer, as a checkpoint's folder states them: `eos_token_id` of
/// generation_config.json, else of config.json; one id or a list.
final class EndTokens {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EndTokens() {}

    static Set<Integer> read(Path folder) throws IOException, ReleaseUnusableException {
        for (String name : List.of("generation_config.json", "config.json")) {
            Path file = folder.resolve(name);
            if (!Files.exists(file)) {
                continue;
            }
            JsonNode ids = JSON.readTree(Files.readAllBytes(file)).path("eos_token_id");
            Set<Integer> ends = new HashSet<>();
            if (ids.isInt()) {
                ends.add(ids.intValue());
            }
            ids.forEach(id -> ends.add(id.intValue()));
            if (!ends.isEmpty()) {
                return Set.copyOf(ends);
            }
        }
        throw new ReleaseUnusableException(
                "neither generation_config.json nor config.json of %s has an eos_token_id: without it no answer would end"
                        .formatted(folder));
    }
}
