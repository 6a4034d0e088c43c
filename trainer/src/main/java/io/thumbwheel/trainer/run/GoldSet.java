package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.ppo.Gold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which comparisons every reward model is measured on: frozen in one file by the first refresh
/// that has enough of them, and never written again. Ids are hashes, so what a person took back
/// leaves nothing here to be read; it is missing from the data, and so from what is measured.
public final class GoldSet {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String RESTORE =
            "restore the file, or delete it and the next refresh freezes a new set";

    private final Path file;

    /// @param file written once; it need not exist yet
    public GoldSet(Path file) {
        this.file = file;
    }

    /// The frozen ids; empty while there are too few comparisons to freeze.
    ///
    /// @param eligible ids of the comparisons that could be frozen now
    /// @param least how many it takes
    /// @throws IOException where the file is not what was written
    SortedSet<String> ids(List<String> eligible, int least) throws IOException {
        if (Files.exists(file)) {
            return read();
        }
        SortedSet<String> ids = new TreeSet<>(eligible);
        if (ids.size() < least) {
            return new TreeSet<>();
        }
        ObjectNode json = JSON.createObjectNode().put("schema", 1).put("sha256", digest(ids));
        json.set("ids", JSON.valueToTree(ids));
        AtomicFile.write(file, JSON.writeValueAsBytes(json));
        return ids;
    }

    private SortedSet<String> read() throws IOException {
        SortedSet<String> ids = new TreeSet<>();
        String written;
        try {
            JsonNode json = JSON.readTree(file.toFile());
            json.path("ids").forEach(id -> ids.add(id.asText()));
            written = json.path("sha256").asText();
        } catch (JsonProcessingException e) {
            throw new IOException("the gold set %s is not JSON: %s".formatted(file, RESTORE), e);
        }
        if (!written.equals(digest(ids))) {
            throw new IOException(
                    "the gold set %s has %d ids, which are not those that it was frozen with: %s"
                            .formatted(file, ids.size(), RESTORE));
        }
        return ids;
    }

    private static String digest(SortedSet<String> ids) {
        return new Gold(ids, Optional.empty()).digest();
    }
}
