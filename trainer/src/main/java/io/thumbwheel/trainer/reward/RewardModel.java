package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.model.DecoderInput;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What people prefer, as a number: a decoder with a linear head, read at the last real token of
/// prompt and answer, plus what a [Surface] makes of the answer, then normalised (Stiennon et al.,
/// arXiv:2009.01325, section 3.4). Other positions mean nothing.
///
/// Of an ensemble, the number is `mean − λ variance` over its members (uncertainty-weighted
/// optimization; Coste et al., arXiv:2310.02743, section 3.2), each on a scale of its own before:
/// comparisons leave a constant free, and members would differ by it alone.
///
/// Owns its members.
public final class RewardModel implements Reward, AutoCloseable {

    private static final String NORMALISATION = "normalisation.json";
    private static final int BATCH = 64;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final NDManager manager;
    private final List<Member> members;
    private final double varianceWeight;
    private final Normalisation normalisation;

    /// A network with a surface, and the scale that they bring into an ensemble.
    record Member(ScalarModel network, Surface surface, Normalisation scale) {
        /// What both say, before normalisation [answers].
        double[] raw(NDManager manager, List<Answer> answers) {
            double[] raw = rawScores(manager, network, answers);
            surface.addTo(raw, answers);
            return raw;
        }
    }

    /// A reward model that takes `model` over.
    public RewardModel(NDManager manager, ScalarModel model, Normalisation normalisation) {
        this(
                manager,
                List.of(new Member(model, Surface.NONE, Normalisation.NONE)),
                0,
                normalisation);
    }

    /// An ensemble that takes its members over.
    ///
    /// @param varianceWeight λ
    RewardModel(
            NDManager manager,
            List<Member> members,
            double varianceWeight,
            Normalisation normalisation) {
        this.manager = manager;
        this.members = List.copyOf(members);
        this.varianceWeight = varianceWeight;
        this.normalisation = normalisation;
    }

    /// The same members with mean 0 and deviation 1 on the anchor set.
    ///
    /// @param spreadFloor least standard deviation that is divided by
    /// @param lengthFree whether to take length off
    RewardModel normalised(List<Answer> anchors, double spreadFloor, boolean lengthFree) {
        double[] raw = combined(anchors);
        return new RewardModel(
                manager,
                members,
                varianceWeight,
                lengthFree
                        ? Normalisation.lengthFree(raw, anchors, spreadFloor)
                        : Normalisation.of(raw, spreadFloor));
    }

    /// Reads what [#save] wrote.
    public static RewardModel load(NDManager manager, Path folder) throws IOException {
        JsonNode json = JSON.readTree(folder.resolve(NORMALISATION).toFile());
        Normalisation normalisation = normalisation(json);
        int size = json.path("members").asInt(0);
        if (size == 0) {
            Member only =
                    new Member(
                            ScalarModel.load(manager, folder),
                            Surface.load(folder),
                            Normalisation.NONE);
            return new RewardModel(manager, List.of(only), 0, normalisation);
        }
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            Path place = member(folder, i);
            JsonNode scale = JSON.readTree(place.resolve(NORMALISATION).toFile());
            members.add(
                    new Member(
                            ScalarModel.load(manager, place),
                            Surface.load(place),
                            normalisation(scale)));
        }
        return new RewardModel(
                manager, members, json.path("variance_weight").asDouble(), normalisation);
    }

    /// Writes the model and, last, its normalisation. Each member of an ensemble has a folder,
    /// which is a reward model too; above them stands the configuration that they share.
    public void save(Path folder) throws IOException {
        ObjectNode json = json(normalisation);
        if (members.size() == 1) {
            model().save(folder);
            members.getFirst().surface().save(folder);
        } else {
            Files.createDirectories(folder);
            model().config().write(folder);
            for (int i = 1; i <= members.size(); i++) {
                Member member = members.get(i - 1);
                member.network().save(member(folder, i));
                member.surface().save(member(folder, i));
                AtomicFile.write(
                        member(folder, i).resolve(NORMALISATION),
                        JSON.writeValueAsBytes(json(member.scale())));
            }
            json.put("members", members.size()).put("variance_weight", varianceWeight);
        }
        AtomicFile.write(folder.resolve(NORMALISATION), JSON.writeValueAsBytes(json));
    }

    private static Path member(Path folder, int number) {
        return folder.resolve("member-" + number);
    }

    private static ObjectNode json(Normalisation normalisation) {
        ObjectNode json =
                JSON.createObjectNode()
                        .put("gain", normalisation.gain())
                        .put("bias", normalisation.bias());
        if (normalisation.lengthSlope() != 0) {
            json.put("length_slope", normalisation.lengthSlope())
                    .put("mean_length", normalisation.meanLength());
        }
        return json;
    }

    private static Normalisation normalisation(JsonNode json) {
        return new Normalisation(
                json.path("gain").asDouble(),
                json.path("bias").asDouble(),
                json.path("length_slope").asDouble(),
                json.path("mean_length").asDouble());
    }

    /// The network without its surface, whose owner the reward model stays; of an ensemble the
    /// first one.
    public ScalarModel model() {
        return members.getFirst().network();
    }

    /// Gain and bias of the scores.
    public Normalisation normalisation() {
        return normalisation;
    }

    /// From the numbers of [#model] to scores; length, surface and the other members left aside.
    public Normalisation modelScale() {
        return normalisation.after(members.getFirst().scale());
    }

    @Override
    public double[] scores(List<Answer> answers) {
        double[] scores = combined(answers);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = normalisation.apply(scores[i], answers.get(i));
        }
        return scores;
    }

    /// What a difference of scores says in log-odds that the better answer is preferred; of an
    /// ensemble, by its members' mean gain.
    public double logOdds(double difference) {
        return difference / normalisation.gain() / memberGain();
    }

    /// Scores in log-odds, a constant left open [answers].
    double[] logits(List<Answer> answers) {
        double[] logits = combined(answers);
        double gain = memberGain();
        for (int i = 0; i < logits.length; i++) {
            logits[i] = normalisation.withoutLength(logits[i], answers.get(i)) / gain;
        }
        return logits;
    }

    private double memberGain() {
        return members.stream().mapToDouble(one -> one.scale().gain()).average().orElseThrow();
    }

    /// Mean less weighted variance of the members, before normalisation [answers].
    private double[] combined(List<Answer> answers) {
        double[][] each = new double[members.size()][];
        for (int i = 0; i < each.length; i++) {
            Member member = members.get(i);
            each[i] = member.raw(manager, answers);
            for (int k = 0; k < each[i].length; k++) {
                each[i][k] = member.scale().apply(each[i][k]);
            }
        }
        return combined(each, varianceWeight);
    }

    /// @param each scores by member [members, answers]
    static double[] combined(double[][] each, double varianceWeight) {
        double[] combined = new double[each[0].length];
        for (int k = 0; k < combined.length; k++) {
            double sum = 0;
            for (double[] one : each) {
                sum += one[k];
            }
            double mean = sum / each.length;
            double squares = 0;
            for (double[] one : each) {
                squares += (one[k] - mean) * (one[k] - mean);
            }
            combined[k] = mean - varianceWeight * squares / each.length;
        }
        return combined;
    }

    /// What the head says at the last real token, before normalisation [batch].
    static double[] rawScores(NDManager manager, ScalarModel model, List<Answer> answers) {
        double[] scores = new double[answers.size()];
        for (List<Integer> part : PaddedBatch.byLength(answers, BATCH)) {
            try (Step step = Step.open(manager)) {
                PaddedBatch batch =
                        PaddedBatch.of(
                                part.stream().map(answers::get).toList(), model.config().padId());
                float[] values = lastValues(step.manager(), model, batch).toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    scores[part.get(i)] = values[i];
                }
            }
        }
        return scores;
    }

    /// What the head says at the last real token of each row, differentiable [batch].
    static NDArray lastValues(NDManager manager, ScalarModel model, PaddedBatch batch) {
        NDArray values =
                model.values(
                        new DecoderInput.Tokens(batch.tokens(manager)),
                        batch.response(manager)); // [batch, seq]
        return values.reshape(-1).gather(manager.create(batch.lastPositions()), 0);
    }

    @Override
    public void close() {
        members.forEach(member -> member.network().close());
    }
}
