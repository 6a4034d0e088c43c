package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.checkpoint.Checkpoints;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Scale;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// The training of one member of a reward model ([RewardTraining]). A checkpoint of it:
///
/// ```
/// model/, optimizer.safetensors    what learns
/// best/                            the weights of the least validation loss
/// state.json                       how far it is, and the raters' leniency of this epoch
/// member-1/, member-2/, ...        the members before it, done
/// ```
///
/// Owns its model and optimizer; the weights that come out are the caller's.
final class MemberTraining implements AutoCloseable {
    private static final String MODEL = "model";
    private static final String BEST = "best";
    private static final String MEMBER = "member-";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";

    /// Answers of a microbatch; an opinion's stay together.
    private static final int MICROBATCH = 16;

    private final NDManager manager;
    private final RewardConfig config;
    private final RewardTraining.Listener listener;
    private final Checkpointing checkpointing;
    private final Task task;
    private final Offsets offsets;
    private final ScalarModel model;
    private final AdamW optimizer;
    private ScalarModel best;
    private State state;

    /// What all members share.
    record Setting(
            NDManager manager,
            RewardConfig config,
            RewardTraining.Listener listener,
            Checkpointing checkpointing) {}

    /// What this member learns.
    ///
    /// @param surface what the network need not learn
    /// @param finished the members before it
    /// @param saved its checkpoint, where it goes on from one
    /// @param seed of the order
    record Task(
            List<Opinion> opinions,
            List<Opinion> validation,
            SurfaceSelection surface,
            List<ScalarModel> finished,
            Optional<Path> saved,
            long seed) {
        Task {
            finished = List.copyOf(finished);
        }

        /// Which member it is, from 0.
        int member() {
            return finished.size();
        }
    }

    /// Where it is, besides weights and optimizer.
    ///
    /// @param step updates done
    /// @param thresholds raters' leniency in this epoch
    private record State(int member, int step, double leastLoss, Thresholds thresholds) {}

    private MemberTraining(
            Setting setting, Task task, ScalarModel model, ScalarModel best, State state) {
        this.manager = setting.manager;
        this.config = setting.config;
        this.listener = setting.listener;
        this.checkpointing = setting.checkpointing;
        this.task = task;
        this.offsets = Offsets.of(task.opinions, task.surface.crossFitted());
        this.model = model;
        model.freeze(config.frozenLayers());
        this.optimizer =
                new AdamW(
                        model.learning(),
                        new AdamW.Settings(0.9, 0.95, 1e-8, config.weightDecay()));
        this.best = best;
        this.state = state;
    }

    /// As the checkpoint has it, or from the beginning.
    ///
    /// @param heads that it begins with [2 · hidden]
    static MemberTraining begin(Setting setting, Llama body, float[] heads, Task task)
            throws IOException {
        NDManager manager = setting.manager;
        if (task.saved.isPresent()) {
            Path saved = task.saved.get();
            MemberTraining training =
                    new MemberTraining(
                            setting,
                            task,
                            ScalarModel.load(manager, saved.resolve(MODEL)),
                            ScalarModel.load(manager, saved.resolve(BEST)),
                            Checkpoints.readState(saved.resolve(STATE), State.class));
            training.optimizer.restore(saved.resolve(OPTIMIZER));
            return training;
        }
        int hidden = body.config().hidden();
        ScalarModel model =
                ScalarModel.from(
                        manager,
                        body,
                        new ScalarModel.Heads(
                                Arrays.copyOf(heads, hidden),
                                Arrays.copyOfRange(heads, hidden, 2 * hidden)));
        State state =
                new State(task.member(), 0, validate(manager, model, task).loss(), Thresholds.NONE);
        return new MemberTraining(setting, task, model, model.copy(manager), state);
    }

    /// The members that a checkpoint holds whole.
    static List<ScalarModel> finished(NDManager manager, Path checkpoint) throws IOException {
        int count = Checkpoints.readState(checkpoint.resolve(STATE), State.class).member;
        List<ScalarModel> finished = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            finished.add(ScalarModel.load(manager, checkpoint.resolve(MEMBER + i)));
        }
        return finished;
    }

    private void save(Path folder) throws IOException {
        model.save(folder.resolve(MODEL));
        optimizer.save(folder.resolve(OPTIMIZER));
        best.save(folder.resolve(BEST));
        for (int i = 1; i <= task.finished.size(); i++) {
            task.finished.get(i - 1).save(folder.resolve(MEMBER + i));
        }
        Checkpoints.writeState(folder.resolve(STATE), state);
    }

    /// Trains to the end.
    ///
    /// @return the weights of the least validation loss
    ScalarModel run() throws IOException {
        int perEpoch = Math.ceilDiv(task.opinions.size(), config.batchPairs());
        int steps = perEpoch * config.epochs();
        int before = task.member() * steps;
        int all = config.ensemble() * steps;
        int interval = Math.max(1, perEpoch / config.evaluationsPerEpoch());
        List<Opinion> order = List.of();
        for (int step = state.step; step < steps; step++) {
            boolean epochBegins = step % perEpoch == 0;
            if (order.isEmpty() || epochBegins) {
                order = shuffled(task.opinions, task.seed + step / perEpoch);
            }
            Thresholds thresholds = epochBegins ? thresholds() : state.thresholds;
            int from = step % perEpoch * config.batchPairs();
            List<Opinion> batch =
                    order.subList(from, Math.min(from + config.batchPairs(), order.size()));
            RewardTraining.Update update = update(batch, thresholds, step, steps);
            listener.stepped(update);
            double leastLoss = state.leastLoss;
            if ((step + 1) % interval == 0 || step + 1 == steps) {
                Validation found = validate(manager, model, task);
                if (found.loss < leastLoss) {
                    leastLoss = found.loss;
                    best.close();
                    best = model.copy(manager);
                }
                listener.updated(update.step(), all, withLoss(found, update));
            }
            state = new State(task.member(), step + 1, leastLoss, thresholds);
            checkpointing.updated(before + step + 1L, this::save);
        }
        return best;
    }

    private RewardTraining.Update update(
            List<Opinion> batch, Thresholds thresholds, int step, int steps) {
        double[] scores = new double[Opinion.answersOf(batch).size()];
        float loss = accumulate(batch, thresholds, scores);
        double learningRate = learningRate(step, steps);
        float norm = optimizer.step(learningRate, config.clipNorm());
        double[] margins =
                new OpinionLoss(batch, thresholds, config.labelSmoothing()).margins(scores);
        int perEpoch = steps / config.epochs();
        return new RewardTraining.Update(
                task.member() * steps + step + 1,
                config.ensemble() * steps,
                (double) (step + 1) / perEpoch,
                loss,
                Arrays.stream(margins).map(MemberTraining::right).average().orElse(Double.NaN),
                Arrays.stream(margins).average().orElse(Double.NaN),
                Arrays.stream(scores).average().orElse(0),
                learningRate,
                norm);
    }

    private static double right(double margin) {
        return margin == 0 ? 0.5 : margin > 0 ? 1 : 0;
    }

    /// @param loss of all opinions, by which weights are kept
    /// @param metrics of those that compare
    private record Validation(double loss, PairMetrics metrics) {}

    private static Validation validate(NDManager manager, ScalarModel model, Task task) {
        List<Opinion> opinions = task.validation;
        List<Answer> answers = Opinion.answersOf(opinions);
        double[] scores = RewardModel.rawScores(manager, model, answers);
        task.surface.whole().addTo(scores, answers);
        List<Contest> compared = Contest.compared(opinions);
        return new Validation(
                new OpinionLoss(opinions, Thresholds.fit(opinions, scores), 0).of(scores),
                PairMetrics.of(compared.isEmpty() ? Contest.matched(opinions) : compared, scores));
    }

    private Thresholds thresholds() {
        List<Opinion> verdicts =
                task.opinions.stream()
                        .filter(one ->
                                one instanceof Opinion.Thumb || one instanceof Opinion.Rating)
                        .toList();
        if (verdicts.isEmpty()) {
            return Thresholds.NONE;
        }
        double[] scores = RewardModel.rawScores(manager, model, Opinion.answersOf(verdicts));
        float[] known = offsets.of(verdicts);
        for (int i = 0; i < scores.length; i++) {
            scores[i] += known[i];
        }
        return Thresholds.fit(verdicts, scores);
    }

    private static Map<String, Double> withLoss(
            Validation validation, RewardTraining.Update update) {
        Map<String, Double> named = new TreeMap<>(validation.metrics().named("validation"));
        named.put("validation/loss", validation.loss());
        named.put("loss/pair", update.loss());
        named.put("optimizer/gradient_norm", update.gradientNorm());
        return named;
    }

    /// Adds the gradient of the batch's loss, opinions of like length together: what is padded
    /// costs as much as what is said.
    ///
    /// @param scores gets those of all answers, opinion after opinion [answers]
    private float accumulate(List<Opinion> batch, Thresholds thresholds, double[] scores) {
        int[] firstRows = new int[batch.size()];
        for (int i = 1; i < firstRows.length; i++) {
            firstRows[i] = firstRows[i - 1] + batch.get(i - 1).answers().size();
        }
        double total = batch.stream().mapToDouble(Opinion::weight).sum();
        float loss = 0;
        for (List<Integer> part : microbatches(batch)) {
            List<Opinion> opinions = part.stream().map(batch::get).toList();
            double share =
                    opinions.stream().mapToDouble(Opinion::weight).sum() / Math.max(total, 1e-8);
            float[] found = new float[Opinion.answersOf(opinions).size()];
            loss += accumulate(opinions, thresholds, share, found);
            int row = 0;
            for (int i : part) {
                for (int answer = 0; answer < batch.get(i).answers().size(); answer++) {
                    scores[firstRows[i] + answer] = found[row++];
                }
            }
        }
        return loss;
    }

    /// Indices of opinions, the short ones first.
    private static List<List<Integer>> microbatches(List<Opinion> batch) {
        List<Integer> byLength = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            byLength.add(i);
        }
        byLength.sort(Comparator.comparingInt(i -> longest(batch.get(i))));
        List<List<Integer>> microbatches = new ArrayList<>();
        int room = 0;
        for (int i : byLength) {
            int answers = batch.get(i).answers().size();
            if (answers > room) {
                microbatches.add(new ArrayList<>());
                room = MICROBATCH;
            }
            microbatches.getLast().add(i);
            room -= answers;
        }
        return microbatches;
    }

    private float accumulate(
            List<Opinion> opinions, Thresholds thresholds, double share, float[] scores) {
        OpinionLoss loss = new OpinionLoss(opinions, thresholds, config.labelSmoothing());
        PaddedBatch batch = PaddedBatch.of(Opinion.answersOf(opinions), model.config().padId());
        try (Step step = Step.open(manager)) {
            return step.backward(() -> {
                NDArray values = // [answers]
                        RewardModel.lastValues(step.manager(), model, batch)
                                .add(step.manager().create(offsets.of(opinions)));
                System.arraycopy(values.toFloatArray(), 0, scores, 0, scores.length);
                return Scale.by(loss.of(values), share);
            });
        }
    }

    private static int longest(Opinion opinion) {
        return opinion.answers().stream().mapToInt(Answer::length).max().orElseThrow();
    }

    private double learningRate(int step, int steps) {
        double warmUp = Math.max(1, steps / 10.0);
        double rise = Math.min(1, (step + 1) / warmUp);
        return config.learningRate() * rise * (1 - (double) step / steps);
    }

    private static List<Opinion> shuffled(List<Opinion> opinions, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Opinion> shuffled = new ArrayList<>(opinions);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Opinion swapped = shuffled.get(i);
            shuffled.set(i, shuffled.get(j));
            shuffled.set(j, swapped);
        }
        return shuffled;
    }

    @Override
    public void close() {
        optimizer.close();
        model.close();
    }
}
