package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Breakdown;
import io.thumbwheel.trainer.reward.Logits;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import io.thumbwheel.trainer.reward.PairMetrics;
import io.thumbwheel.trainer.reward.RewardConfig;
import io.thumbwheel.trainer.reward.RewardModel;
import io.thumbwheel.trainer.reward.RewardTraining;
import io.thumbwheel.trainer.reward.SourcedPair;
import io.thumbwheel.trainer.reward.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The part of a refresh that makes its reward models, each kept in the refresh's folder with what
/// was measured on it.
final class RewardStage {
    /// Updates of a reward training that a crash costs.
    private static final int MOST_UPDATES_LOST = 50;

    private final NDManager manager;
    private final RewardConfig config;
    private final RefreshFolder folder;
    private final Seeds seeds;
    private final Llama reference;
    private final Words words;
    private final List<Pair> test;
    private final ProgressListener progress;

    /// @param manager owns the models
    /// @param reference body of every reward model
    /// @param words of its tokens
    /// @param test pairs to measure on and for nothing else
    RewardStage(
            NDManager manager,
            RewardConfig config,
            RefreshFolder folder,
            Seeds seeds,
            Llama reference,
            Words words,
            List<Pair> test,
            ProgressListener progress) {
        this.manager = manager;
        this.config = config;
        this.folder = folder;
        this.seeds = seeds;
        this.reference = reference;
        this.words = words;
        this.test = List.copyOf(test);
        this.progress = progress;
    }

    /// Which pairs a reward model sees.
    ///
    /// @param own what it learns from
    /// @param thumbs of the same raters, which it learns from where thumbs have a weight
    /// @param stopping what says when its training stops
    /// @param others what it never sees
    /// @param brokenDown what its accuracy is told by group on
    record Sides(
            List<Pair> own,
            List<Opinion.Thumb> thumbs,
            List<Pair> stopping,
            List<Pair> others,
            List<SourcedPair> brokenDown) {}

    /// The reward model of that name, trained first where it does not lie in the folder yet.
    ///
    /// @param scores gets what was measured
    @MustBeClosed
    RewardModel train(String name, Sides sides, List<Answer> anchors, Map<String, Double> scores)
            throws IOException {
        Optional<Path> done = folder.folder(name);
        Path place = done.isPresent() ? done.get() : make(name, sides, anchors);
        folder.trained(name);
        scores.putAll(RefreshFolder.readScores(place));
        return RewardModel.load(manager, place);
    }

    private Path make(String name, Sides sides, List<Answer> anchors) throws IOException {
        List<Opinion> own = new ArrayList<>(sides.own());
        own.addAll(sides.thumbs());
        RewardTraining training =
                new RewardTraining(
                        manager,
                        config,
                        words,
                        (step, steps, metrics) -> {
                            PpoRun.checkNotInterrupted();
                            progress.progress(name, step, steps, metrics, "");
                        },
                        folder.training(name, checkpointEvery(own.size())));
        try (RewardTraining.Trained trained =
                training.train(reference, own, sides.stopping(), anchors, seeds.at(name, 0))) {
            RewardModel model = trained.model();
            Logits logits = new Logits(model);
            PairMetrics unseen = trained.crossFitted();
            if (!sides.others().isEmpty()) {
                unseen = unseen.with(logits.measure(sides.others()));
            }
            SortedMap<String, Double> measured = new TreeMap<>(unseen.named(name + "/unseen"));
            measured.putAll(logits.measure(sides.stopping()).named(name + "/validation"));
            measured.putAll(logits.measure(test).named(name + "/test"));
            measured.putAll(Breakdown.of(logits, sides.brokenDown()).named(name));
            measured.put(name + "/pairs", (double) sides.own().size());
            measured.put(name + "/thumbs", config.thumbWeight() > 0 ? sides.thumbs().size() : 0.0);
            measured.put(name + "/gain", model.normalisation().gain());
            return folder.write(
                    name,
                    aside -> {
                        model.save(aside);
                        RefreshFolder.writeScores(aside, measured);
                    });
        }
    }

    /// As often as the validation raters are asked, at most.
    private int checkpointEvery(int opinions) {
        int interval = opinions / config.batchPairs() / config.evaluationsPerEpoch();
        return Math.clamp(interval, 1, MOST_UPDATES_LOST);
    }
}
