package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// What people prefer, as a number: a decoder with a linear head, read at the last real token of
/// prompt and answer, then normalised (Stiennon et al., arXiv:2009.01325, section 3.4). Other
/// positions mean nothing.
///
/// Owns its [ScalarModel].
public final class RewardModel implements Reward, AutoCloseable {

    private static final String NORMALISATION = "normalisation.json";
    private static final int BATCH = 64;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final NDManager manager;
    private final ScalarModel model;
    private final Normalisation normalisation;

    /// A reward model that takes `model` over.
    public RewardModel(NDManager manager, ScalarModel model, Normalisation normalisation) {
        this.manager = manager;
        this.model = model;
        this.normalisation = normalisation;
    }

    /// Reads what [#save] wrote.
    public static RewardModel load(NDManager manager, Path folder) throws IOException {
        JsonNode json = JSON.readTree(folder.resolve(NORMALISATION).toFile());
        return new RewardModel(
                manager,
                ScalarModel.load(manager, folder),
                new Normalisation(json.path("gain").asDouble(), json.path("bias").asDouble()));
    }

    /// Writes the model and, last, its normalisation.
    public void save(Path folder) throws IOException {
        model.save(folder);
        AtomicFile.write(
                folder.resolve(NORMALISATION),
                JSON.writeValueAsBytes(
                        Map.of("gain", normalisation.gain(), "bias", normalisation.bias())));
    }

    /// The network, whose owner the reward model stays.
    public ScalarModel model() {
        return model;
    }

    /// Gain and bias of the scores.
    public Normalisation normalisation() {
        return normalisation;
    }

    @Override
    public double[] scores(List<Answer> answers) {
        double[] scores = rawScores(manager, model, answers);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = normalisation.apply(scores[i]);
        }
        return scores;
    }

    /// What the head says at the last real token, before normalisation [batch].
    static double[] rawScores(NDManager manager, ScalarModel model, List<Answer> answers) {
        List<Integer> byLength = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            byLength.add(i);
        }
        byLength.sort(Comparator.comparingInt(i -> answers.get(i).length()));
        double[] scores = new double[answers.size()];
        for (int from = 0; from < byLength.size(); from += BATCH) {
            List<Integer> part = byLength.subList(from, Math.min(from + BATCH, byLength.size()));
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
                model.values(batch.tokens(manager), batch.response(manager)); // [batch, seq]
        return values.reshape(-1).gather(manager.create(batch.lastPositions()), 0);
    }

    @Override
    public void close() {
        model.close();
    }
}
