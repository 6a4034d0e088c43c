package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What the people ask.
///
/// @param known asked while the platform learns
/// @param unseen asked for measuring only
record Prompts(List<String> known, List<String> unseen) {
    private static final String RESOURCE = "/io/thumbwheel/standalone/demo-prompts.jsonl";

    /// So many are known, the rest is unseen.
    private static final int KNOWN = 1_600;

    Prompts {
        known = List.copyOf(known);
        unseen = List.copyOf(unseen);
    }

    /// Reads them; the known ones in an order of chance.
    static Prompts read(Chance chance) throws IOException {
        List<String> all = new ArrayList<>();
        try (@Nullable InputStream in = Prompts.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new FileNotFoundException("resource " + RESOURCE + " is missing");
            }
            try (MappingIterator<JsonNode> lines =
                    JsonMapper.builder().build().readerFor(JsonNode.class).readValues(in)) {
                while (lines.hasNext()) {
                    JsonNode line = lines.next();
                    all.add(line.at("/messages/0/content").asText());
                }
            }
        }
        List<String> known = new ArrayList<>(all.subList(0, KNOWN));
        Collections.shuffle(known, new Random(chance.seedOf("prompts", 0)));
        return new Prompts(known, all.subList(KNOWN, all.size()));
    }
}
