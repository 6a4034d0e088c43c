package io.thumbwheel.trainer.offline;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.evaluation.TfIdfRegression;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.RewardConfig;
import io.thumbwheel.trainer.reward.RewardModel;
import io.thumbwheel.trainer.reward.RewardTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Trains a reward model on each split and lets it judge what was kept from it, beside a word model
/// of the same training data.
final class RewardRun {
    private final NDManager manager;
    private final RewardConfig config;
    private final long seed;
    private final Progress progress;

    RewardRun(NDManager manager, RewardConfig config, long seed, Progress progress) {
        this.manager = manager;
        this.config = config;
        this.seed = seed;
        this.progress = progress;
    }

    /// All judgements, split after split.
    ///
    /// @param body policy to begin from, left as it is
    /// @param folder gets the first split's reward model
    List<Judged> run(Llama body, List<Split> splits, Path folder) throws IOException {
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < splits.size(); i++) {
            Split split = splits.get(i);
            RewardTraining training =
                    new RewardTraining(manager, config, new Listener(phase(i, splits.size())));
            try (RewardTraining.Trained trained =
                    training.train(
                            body,
                            opinions(split.training()),
                            opinions(split.validation()),
                            Opinion.answersOf(opinions(split.validation())),
                            seed + 1000L * i)) {
                judged.addAll(
                        judge(
                                trained.model(),
                                words(LabelledPair.of(split.training())),
                                LabelledPair.of(split.test())));
                if (i == 0) {
                    trained.model().save(folder);
                }
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
            progress.progress(
                    phase,
                    update.step(),
                    update.steps(),
                    Map.of(
                            "epoch", update.epoch(),
                            "loss", update.loss(),
                            "accuracy", update.accuracy(),
                            "margin", update.margin(),
                            "mean_reward", update.meanReward(),
                            "learning_rate", update.learningRate(),
                            "grad_norm", update.gradientNorm()),
                    "");
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

    private static List<Judged> judge(
            RewardModel model, TfIdfRegression words, List<LabelledPair> test) {
        double[] scores = model.scores(answers(test));
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            LabelledPair pair = test.get(i);
            double margin = scores[2 * i] - scores[2 * i + 1];
            judged.add(
                    new Judged(
                            pair,
                            scores[2 * i],
                            scores[2 * i + 1],
                            model.logOdds(margin),
                            words.margin(pair.chosenText(), pair.rejectedText())));
        }
        return judged;
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
