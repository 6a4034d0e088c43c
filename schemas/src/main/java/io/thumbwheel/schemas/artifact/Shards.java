package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/// What `model.safetensors.index.json` says of a checkpoint that was cut into several files.
///
/// @param index where it says so
/// @param places file of each tensor
record Shards(Path index, Map<String, Path> places) {

    /// @throws IOException where the index cannot be read, or a file that it lists is not beside it
    static Shards read(Path index) throws IOException {
        Map<String, Path> places = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> place : weightMap(index).properties()) {
            Path shard = index.resolveSibling(place.getValue().asText()).normalize();
            if (!index.resolveSibling("").normalize().equals(shard.getParent())) {
                throw new IOException(
                        "%s names a file outside of its folder: %s"
                                .formatted(index, place.getValue().asText()));
            }
            if (!Files.exists(shard)) {
                throw new IOException(
                        "%s lists %s, which is missing: fetch it".formatted(index, shard));
            }
            places.put(place.getKey(), shard);
        }
        return new Shards(index, places);
    }

    private static JsonNode weightMap(Path index) throws IOException {
        try {
            return JsonMapper.builder()
                    .build()
                    .readTree(Files.readAllBytes(index))
                    .path("weight_map");
        } catch (JsonProcessingException notJson) {
            throw new IOException(index + " is not JSON: fetch it again", notJson);
        }
    }

    /// All files as one.
    ///
    /// @throws IOException where one is no safetensors file, or a tensor of the index is in none
    Safetensors open() throws IOException {
        Safetensors all = Safetensors.open(index, new TreeSet<>(places.values()));
        for (Map.Entry<String, Path> place : places.entrySet()) {
            if (!all.entries().containsKey(place.getKey())) {
                all.close();
                throw new IOException(
                        "%s lists tensor %s in %s, which lacks it: fetch it again"
                                .formatted(index, place.getKey(), place.getValue().getFileName()));
            }
        }
        return all;
    }
}
