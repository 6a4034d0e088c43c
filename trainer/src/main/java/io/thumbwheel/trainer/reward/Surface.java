package io.thumbwheel.trainer.reward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The part of a reward model that sees an answer from outside: which words it has, how often it
/// repeats itself, whether it ended, how long it is. Its number is added to that of the network,
/// which so need not learn what a list of words says (a wide part beside a deep one: Cheng et al.,
/// arXiv:1606.07792).
///
/// @param weights what each word adds to an answer that it occurs in, however often
/// @param closing what it adds besides where it occurs in the last sentence
/// @param repetition what each unit of [#repetition(List)] adds
/// @param end what it adds that an answer ended by itself
/// @param bends where the slope over the number of words changes and by how much: a piecewise
///   linear function
/// @param words tells words
record Surface(
        SortedMap<String, Double> weights,
        SortedMap<String, Double> closing,
        double repetition,
        double end,
        List<Bend> bends,
        Words words) {
    /// What it is called, in a reward model's folder.
    private static final String FILE = "surface.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Words that are a repetition when said again.
    private static final int RUN = 3;

    /// Sees nothing.
    static final Surface NONE =
            new Surface(new TreeMap<>(), new TreeMap<>(), 0, 0, List.of(), Words.TOKENS);

    Surface {
        weights = new TreeMap<>(weights);
        closing = new TreeMap<>(closing);
        bends = List.copyOf(bends);
    }

    /// From so many words on, each more adds `slope` more.
    record Bend(double words, double slope) {}

    /// What it makes of an answer.
    double of(Answer answer) {
        if (isNone()) {
            return 0;
        }
        Words.Said said = words.in(answer);
        double sum =
                repetition * repetition(said.all())
                        + (words.ended(answer) ? end : 0)
                        + sum(weights, said.all())
                        + sum(closing, said.last());
        for (Bend bend : bends) {
            sum += bend.slope * Math.max(0, said.all().size() - bend.words);
        }
        return sum;
    }

    private static double sum(Map<String, Double> weights, List<String> said) {
        return new LinkedHashSet<>(said)
                .stream().mapToDouble(word -> weights.getOrDefault(word, 0.0)).sum();
    }

    /// How much is said again: log(1 + n) for n runs of three words that an answer has had before.
    static double repetition(List<String> said) {
        Set<List<String>> runs = new HashSet<>();
        int again = 0;
        for (int i = 0; i + RUN <= said.size(); i++) {
            again += runs.add(said.subList(i, i + RUN)) ? 0 : 1;
        }
        return Math.log1p(again);
    }

    /// Adds what it makes of each answer [answers].
    void addTo(double[] scores, List<Answer> answers) {
        for (int i = 0; i < scores.length; i++) {
            scores[i] += of(answers.get(i));
        }
    }

    /// Whether it says nothing of any answer.
    boolean isNone() {
        return weights.isEmpty()
                && closing.isEmpty()
                && repetition == 0
                && end == 0
                && bends.isEmpty();
    }

    /// Writes it beside the network, with a tokenizer where there is none; nothing where it says
    /// nothing.
    void save(Path folder) throws IOException {
        if (isNone()) {
            return;
        }
        ObjectNode json = JSON.createObjectNode();
        ObjectNode ofWords = json.putObject("words");
        weights.forEach(ofWords::put);
        ObjectNode ofLast = json.putObject("closing");
        closing.forEach(ofLast::put);
        json.put("repetition", repetition);
        json.put("end", end);
        json.put("tokenized", words.tokenized());
        ArrayNode line = json.putArray("bends");
        bends.forEach(line::addPOJO);
        AtomicFile.write(folder.resolve(FILE), JSON.writeValueAsBytes(json));
        words.save(folder);
    }

    /// Reads what [#save] wrote.
    ///
    /// @throws EarlierVersionException where it has weights of tokens
    /// @throws NoSuchFileException where the tokenizer is gone
    static Surface load(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        JsonNode json = JSON.readTree(file.toFile());
        if (!json.path("words").isObject()) {
            throw new EarlierVersionException(file);
        }
        Words words = Words.of(folder);
        if (json.path("tokenized").asBoolean() && !words.tokenized()) {
            throw new NoSuchFileException(
                    folder.resolve(Words.FILE).toString(),
                    null,
                    "surface.json beside it has weights of words, which only the policy's tokenizer tells: copy that here");
        }
        List<Bend> bends = new ArrayList<>();
        for (JsonNode bend : json.path("bends")) {
            bends.add(JSON.treeToValue(bend, Bend.class));
        }
        return new Surface(
                weights(json.path("words")),
                weights(json.path("closing")),
                json.path("repetition").asDouble(),
                json.path("end").asDouble(),
                bends,
                words);
    }

    private static SortedMap<String, Double> weights(JsonNode json) {
        SortedMap<String, Double> weights = new TreeMap<>();
        for (Map.Entry<String, JsonNode> weight : json.properties()) {
            weights.put(weight.getKey(), weight.getValue().asDouble());
        }
        return weights;
    }
}
