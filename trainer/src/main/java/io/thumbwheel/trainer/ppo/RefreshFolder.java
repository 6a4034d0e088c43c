package io.thumbwheel.trainer.ppo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.checkpoint.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// The checkpoints of one refresh on disk. Every part is written aside, forced to the disk and
/// renamed, so that what has its name is whole ([Checkpoints]):
///
/// ```
/// coach-training/    the newest checkpoints of the coach's training while it goes on
/// coach/, judge/     trained reward models, with scores.json
/// ppo/               the newest checkpoints of PPO: models, optimizers, state.json
/// samples.json       some of the answers that the gate compared
/// candidate/         the policy that passed the gate
/// outcome.json       how it ended
/// ```
final class RefreshFolder {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Logger LOG = Logger.getLogger(RefreshFolder.class);
    private static final String PPO = "ppo";
    private static final String TRAINING = "-training";
    private static final String STATE = "state.json";
    private static final String OUTCOME = "outcome.json";

    private final Path work;

    RefreshFolder(Path work) throws IOException {
        this.work = work;
        Files.createDirectories(work);
        try (Stream<Path> leftOvers = Files.list(work)) {
            for (Path path : leftOvers.filter(p -> p.toString().endsWith(".part")).toList()) {
                delete(path);
            }
        }
    }

    /// Writes a folder's content.
    @FunctionalInterface
    interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /// The folder of that name, whole, if it is there.
    Optional<Path> folder(String name) {
        Path folder = work.resolve(name);
        return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
    }

    /// Makes a folder whole or not at all.
    Path write(String name, Content content) throws IOException {
        Path aside = work.resolve(name + ".part");
        delete(aside);
        Files.createDirectories(aside);
        content.writeTo(aside);
        AtomicFile.syncFolder(aside);
        Path folder = work.resolve(name);
        delete(folder);
        Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.syncFolder(work);
        return folder;
    }

    /// Checkpoints of the training of what will have that name.
    ///
    /// @param every updates between them
    Checkpointing training(String name, int every) throws IOException {
        Checkpoints checkpoints = new Checkpoints(work.resolve(name + TRAINING));
        Optional<Path> newest = checkpoints.newest(complaint -> LOG.warn(complaint));
        return new Checkpointing() {
            @Override
            public Optional<Path> begin() {
                return newest;
            }

            @Override
            public void updated(long update, Checkpoints.Content content) throws IOException {
                if (update % every == 0) {
                    checkpoints.write(update, content);
                }
            }
        };
    }

    /// What has that name is whole: nothing of its training is needed any more.
    void trained(String name) throws IOException {
        delete(work.resolve(name + TRAINING));
    }

    /// Writes scores into a folder that is being made.
    static void writeScores(Path folder, Map<String, Double> scores) throws IOException {
        AtomicFile.write(folder.resolve("scores.json"), JSON.writeValueAsBytes(scores));
    }

    /// The scores of a folder.
    static SortedMap<String, Double> readScores(Path folder) throws IOException {
        return doubles(JSON.readTree(folder.resolve("scores.json").toFile()));
    }

    /// Where PPO stands.
    ///
    /// @param state to go on from
    /// @param end why PPO is over, empty where all steps were done; absent while it runs
    record Saved(Path folder, PpoState state, Optional<String> end) {}

    /// Writes a PPO checkpoint.
    void savePpo(Learners learners, PpoState state, Optional<String> end) throws IOException {
        ppo().write(
                        state.step(),
                        folder -> {
                            learners.save(folder);
                            ObjectNode json = JSON.createObjectNode();
                            json.put("step", state.step());
                            json.put("coefficient", state.controller().coefficient());
                            json.put("begin", state.controller().begin());
                            json.put("target", state.controller().target());
                            json.put("horizon", state.controller().horizon());
                            state.first()
                                    .ifPresent(first -> json.set("first", JSON.valueToTree(first)));
                            json.set("looks", JSON.valueToTree(state.looks()));
                            end.ifPresent(reason -> json.put("end", reason));
                            AtomicFile.write(folder.resolve(STATE), JSON.writeValueAsBytes(json));
                        });
    }

    /// The newest whole PPO checkpoint.
    Optional<Saved> newestPpo() throws IOException {
        Optional<Path> newest = ppo().newest(complaint -> LOG.warn(complaint));
        return newest.isPresent() ? Optional.of(read(newest.get())) : Optional.empty();
    }

    private static Saved read(Path folder) throws IOException {
        JsonNode json = JSON.readTree(folder.resolve(STATE).toFile());
        KlController controller =
                new KlController(
                        json.path("coefficient").asDouble(),
                        json.path("begin").asDouble(),
                        json.path("target").asDouble(),
                        json.path("horizon").asDouble());
        Optional<SortedMap<String, Double>> first =
                json.has("first") ? Optional.of(doubles(json.path("first"))) : Optional.empty();
        Optional<String> end =
                json.has("end") ? Optional.of(json.path("end").asText()) : Optional.empty();
        List<JudgeWatch.Look> looks = new ArrayList<>();
        for (JsonNode look : json.path("looks")) {
            looks.add(
                    new JudgeWatch.Look(
                            look.path("coach").asDouble(), look.path("judge").asDouble()));
        }
        PpoState state = new PpoState(json.path("step").asInt(), controller, first, looks);
        return new Saved(folder, state, end);
    }

    /// Keeps answers to read.
    void writeSamples(List<SampledPair> samples) throws IOException {
        SampledPair.write(work, samples);
    }

    /// Records how the refresh ended.
    void writeOutcome(Outcome outcome) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.set("scores", JSON.valueToTree(outcome.scores()));
        switch (outcome) {
            case Outcome.Refused refused -> json.put("reason", refused.reason());
            case Outcome.Candidate candidate -> {
                json.put("folder", candidate.huggingFaceFolder().getFileName().toString());
                json.put("klToReference", candidate.klToReference());
                json.put("klCoefficient", candidate.klCoefficient());
                json.put("anchorDigest", candidate.anchorDigest());
            }
        }
        AtomicFile.write(work.resolve(OUTCOME), JSON.writeValueAsBytes(json));
    }

    /// How the refresh ended, if it has.
    Optional<Outcome> outcome() throws IOException {
        Path file = work.resolve(OUTCOME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode json = JSON.readTree(file.toFile());
        SortedMap<String, Double> scores = doubles(json.path("scores"));
        if (json.has("reason")) {
            return Optional.of(new Outcome.Refused(json.path("reason").asText(), scores));
        }
        return Optional.of(
                new Outcome.Candidate(
                        work.resolve(json.path("folder").asText()),
                        work.resolve(Refresh.COACH),
                        scores,
                        json.path("klToReference").asDouble(),
                        json.path("klCoefficient").asDouble(),
                        json.path("anchorDigest").asText()));
    }

    private Checkpoints ppo() throws IOException {
        return new Checkpoints(work.resolve(PPO));
    }

    private static SortedMap<String, Double> doubles(JsonNode json) {
        SortedMap<String, Double> doubles = new TreeMap<>();
        json.fields()
                .forEachRemaining(
                        field -> doubles.put(field.getKey(), field.getValue().asDouble()));
        return doubles;
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
