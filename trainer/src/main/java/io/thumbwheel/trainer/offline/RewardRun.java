package io.thumbwheel.trainer.offline;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.checkpoint.Checkpoints;
import io.thumbwheel.trainer.evaluation.TfIdfRegression;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.RewardConfig;
import io.thumbwheel.trainer.reward.RewardModel;
import io.thumbwheel.trainer.reward.RewardTraining;
import io.thumbwheel.trainer.reward.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Trains a reward model on each split and lets it judge what was kept from it, beside a word model
/// of the same training data.
final class RewardRun {
    private static final String FOLDS = "folds.json";

    private final NDManager manager;
    private final RewardConfig config;
    private final Words words;
    private final long seed;
    private final Progress progress;
    private final Checkpointing checkpointing;

    RewardRun(
            NDManager manager,
            RewardConfig config,
            Words words,
            long seed,
            Progress progress,
            Checkpointing checkpointing) {
        this.manager = manager;
        this.config = config;
        this.words = words;
        this.seed = seed;
        this.progress = progress;
        this.checkpointing = checkpointing;
    }

    /// The splits that are done.
    ///
    /// @param updates that they took
    /// @param verdicts on the pairs that they kept aside, split after split
    private record Folds(int done, long updates, List<Verdict> verdicts) {
        static final Folds NONE = new Folds(0, 0, List.of());

        Folds {
            verdicts = List.copyOf(verdicts);
        }

        Folds and(int more, List<Verdict> judged) {
            List<Verdict> all = new ArrayList<>(verdicts);
            all.addAll(judged);
            return new Folds(done + 1, updates + more, all);
        }
    }

    /// As [Judged], without the pair.
    private record Verdict(double chosenScore, double rejectedScore, double logit, double words) {
        Judged on(LabelledPair pair) {
            return new Judged(pair, chosenScore, rejectedScore, logit, words);
        }
    }

    /// All judgements, split after split.
    ///
    /// @param body policy to begin from, left as it is
    /// @param folder gets the first split's reward model
    List<Judged> run(Llama body, List<Split> splits, Path folder) throws IOException {
        Optional<Path> saved = checkpointing.begin();
        Folds folds =
                saved.isPresent()
                        ? Checkpoints.readState(saved.get().resolve(FOLDS), Folds.class)
                        : Folds.NONE;
        int begun = folds.done;
        for (int i = begun; i < splits.size(); i++) {
            Split split = splits.get(i);
            RewardTraining training =
                    new RewardTraining(
                            manager,
                            config,
                            words,
                            new Listener(phase(i, splits.size())),
                            new FoldCheckpointing(i == begun ? saved : Optional.empty(), folds));
            try (RewardTraining.Trained trained =
                    training.train(
                            body,
                            opinions(split.training()),
                            opinions(split.validation()),
                            Opinion.answersOf(opinions(split.validation())),
                            seed + 1000L * i)) {
                folds =
                        folds.and(
                                trained.updates(),
                                judge(
                                        trained.model(),
                                        words(LabelledPair.of(split.training())),
                                        LabelledPair.of(split.test())));
                if (i == 0) {
                    trained.model().save(folder);
                }
            }
        }
        return judged(splits, folds.verdicts);
    }

    /// The checkpoints of one split's training, which say what the splits before it gave, too. The
    /// first split's model lies in its place already then.
    private final class FoldCheckpointing implements Checkpointing {
        private final Optional<Path> begin;
        private final Folds before;

        /// @param begin of this split
        /// @param before the splits that are done
        FoldCheckpointing(Optional<Path> begin, Folds before) {
            this.begin = begin;
            this.before = before;
        }

        @Override
        public Optional<Path> begin() {
            return begin;
        }

        @Override
        public void updated(long update, Checkpoints.Content content) throws IOException {
            checkpointing.updated(
                    before.updates + update,
                    folder -> {
                        content.writeTo(folder);
                        Checkpoints.writeState(folder.resolve(FOLDS), before);
                    });
        }
    }

    private static List<Judged> judged(List<Split> splits, List<Verdict> verdicts) {
        List<Judged> judged = new ArrayList<>();
        for (Split split : splits) {
            for (LabelledPair pair : LabelledPair.of(split.test())) {
                judged.add(verdicts.get(judged.size()).on(pair));
            }
        }
        return judged;
    }

    private final class Listener implements RewardTraining.Listener {
        private final String phase;

        Listener(String phase) {
            this.phase = phase;
        }

        @Override
        public void updated(int step, int steps, Map<String, Double> validation) {}

        @Override
        public void stepped(RewardTraining.Update update) {
            Map<String, Double> metrics =
                    new TreeMap<>(
                            Map.of(
                                    "epoch", update.epoch(),
                                    "loss", update.loss(),
                                    "accuracy", update.accuracy(),
                                    "margin", update.margin(),
                                    "mean_reward", update.meanReward(),
                                    "learning_rate", update.learningRate(),
                                    "grad_norm", update.gradientNorm()));
            metrics.values().removeIf(value -> value.isNaN());
            progress.progress(phase, update.step(), update.steps(), metrics, "");
        }
    }

    private static String phase(int split, int splits) {
        return splits == 1 ? "reward" : "fold %d of %d".formatted(split + 1, splits);
    }

    private static TfIdfRegression words(List<LabelledPair> training) {
        return TfIdfRegression.fit(
                training.stream().map(LabelledPair::chosenText).toList(),
                training.stream().map(LabelledPair::rejectedText).toList());
    }

    private static List<Verdict> judge(
            RewardModel model, TfIdfRegression words, List<LabelledPair> test) {
        double[] scores = model.scores(answers(test));
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            LabelledPair pair = test.get(i);
            double margin = scores[2 * i] - scores[2 * i + 1];
            verdicts.add(
                    new Verdict(
                            scores[2 * i],
                            scores[2 * i + 1],
                            model.logOdds(margin),
                            words.margin(pair.chosenText(), pair.rejectedText())));
        }
        return verdicts;
    }

    private static List<Opinion> opinions(List<Labelled> labelled) {
        return labelled.stream().map(Labelled::opinion).toList();
    }

    /// The chosen answer of each pair before the rejected one.
    private static List<Answer> answers(List<LabelledPair> labelled) {
        List<Answer> answers = new ArrayList<>();
        for (LabelledPair one : labelled) {
            answers.add(one.chosen());
            answers.add(one.rejected());
        }
        return answers;
    }
}
