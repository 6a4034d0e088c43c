package io.thumbwheel.trainer.reward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The part of a reward model that sees an answer from outside: which tokens it has, and how many
/// words. Its number is added to that of the network, which so need not learn what a list of words
/// says (a wide part beside a deep one: Cheng et al., arXiv:1606.07792).
///
/// @param tokens what each token adds to an answer that it occurs in, however often
/// @param bends where the slope over words changes and by how much: a piecewise linear function
/// @param words tells words
record Surface(SortedMap<Integer, Double> tokens, List<Bend> bends, WordStarts words) {
    /// What it is called, in a reward model's folder.
    private static final String FILE = "surface.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Sees nothing.
    static final Surface NONE = new Surface(new TreeMap<>(), List.of(), WordStarts.decoded(""));

    Surface {
        tokens = new TreeMap<>(tokens);
        bends = List.copyOf(bends);
    }

    /// From so many words on, each more adds `slope` more.
    record Bend(double words, double slope) {}

    /// What it makes of an answer.
    double of(Answer answer) {
        double sum = 0;
        if (!tokens.isEmpty()) {
            for (int id : new LinkedHashSet<>(answer.responseIds())) {
                sum += tokens.getOrDefault(id, 0.0);
            }
        }
        if (!bends.isEmpty()) {
            int length = words.words(answer);
            for (Bend bend : bends) {
                sum += bend.slope * Math.max(0, length - bend.words);
            }
        }
        return sum;
    }

    /// Adds what it makes of each answer [answers].
    void addTo(double[] scores, List<Answer> answers) {
        for (int i = 0; i < scores.length; i++) {
            scores[i] += of(answers.get(i));
        }
    }

    /// Whether it says nothing of any answer.
    boolean isNone() {
        return tokens.isEmpty() && bends.isEmpty();
    }

    /// Writes it beside the network; nothing where it says nothing.
    void save(Path folder) throws IOException {
        if (isNone()) {
            return;
        }
        ObjectNode json = JSON.createObjectNode();
        ObjectNode weights = json.putObject("tokens");
        tokens.forEach((id, weight) -> weights.put(String.valueOf(id), weight));
        ArrayNode line = json.putArray("bends");
        bends.forEach(bend -> line.addPOJO(bend));
        json.put("word_starts", words.encoded());
        AtomicFile.write(folder.resolve(FILE), JSON.writeValueAsBytes(json));
    }

    /// Reads what [#save] wrote.
    static Surface load(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        JsonNode json = JSON.readTree(file.toFile());
        SortedMap<Integer, Double> tokens = new TreeMap<>();
        for (Map.Entry<String, JsonNode> weight : json.path("tokens").properties()) {
            tokens.put(Integer.valueOf(weight.getKey()), weight.getValue().asDouble());
        }
        List<Bend> bends = new ArrayList<>();
        for (JsonNode bend : json.path("bends")) {
            bends.add(JSON.treeToValue(bend, Bend.class));
        }
        return new Surface(tokens, bends, WordStarts.decoded(json.path("word_starts").asText()));
    }
}
