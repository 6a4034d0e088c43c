package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Reward;
import io.thumbwheel.trainer.reward.RewardModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/// All steps of a policy optimization, with checkpoints: interrupted at any moment and run again,
/// it ends with the same policy.
final class PpoRun {
    private final NDManager manager;
    private final PpoConfig config;
    private final RefreshFolder folder;
    private final Seeds seeds;
    private final ProgressListener progress;

    /// @param folder holds the checkpoints
    PpoRun(
            NDManager manager,
            PpoConfig config,
            RefreshFolder folder,
            Seeds seeds,
            ProgressListener progress) {
        this.manager = manager;
        this.config = config;
        this.folder = folder;
        this.seeds = seeds;
        this.progress = progress;
    }

    /// How it ended.
    ///
    /// @param why it stopped before all steps were done; empty where they were
    record End(PpoState state, String why) {}

    /// What learns: as the newest checkpoint has it, or begun from `start`.
    ///
    /// @param coach begins the value model
    Learners learners(Llama start, RewardModel coach) throws IOException {
        Optional<RefreshFolder.Saved> saved = folder.newestPpo();
        if (saved.isPresent()) {
            return Learners.restored(manager, saved.get().folder(), coach.modelScale(), config);
        }
        Optional<ValueModel> value =
                config.estimator().critic()
                        ? Optional.of(ValueModel.from(manager, coach))
                        : Optional.empty();
        return new Learners(manager, start.copy(manager), value, config);
    }

    /// Runs to the end, from the newest checkpoint on.
    ///
    /// @param learners of [#learners]
    /// @param judge watches, where there is one ([JudgeWatch])
    /// @param prompts what is rolled out on
    /// @param ptx texts of the pretraining mix, may be empty
    /// @param controller of the first step
    /// @throws CancellationException where the thread was interrupted
    End run(
            Llama reference,
            Learners learners,
            Reward coach,
            Optional<Reward> judge,
            List<List<Integer>> prompts,
            List<Answer> ptx,
            KlController controller)
            throws IOException {
        Optional<RefreshFolder.Saved> saved = folder.newestPpo();
        if (saved.isPresent() && saved.get().end().isPresent()) {
            return new End(saved.get().state(), saved.get().end().get());
        }
        PpoTrainer trainer =
                new PpoTrainer(
                        manager,
                        config,
                        reference,
                        learners,
                        coach,
                        judge,
                        prompts,
                        ptx,
                        seeds,
                        saved.map(RefreshFolder.Saved::state)
                                .orElseGet(() -> PpoState.beginning(controller)));
        int steps = config.valueSteps() + config.steps();
        String why = "";
        while (trainer.state().step() < steps && why.isEmpty()) {
            checkNotInterrupted();
            StepResult result = trainer.step();
            int step = trainer.state().step();
            why = report(result, step);
            if (step % config.checkpointEvery() == 0 && step < steps && why.isEmpty()) {
                folder.savePpo(learners, trainer.state(), Optional.empty());
            }
        }
        folder.savePpo(learners, trainer.state(), Optional.of(why));
        return new End(trainer.state(), why);
    }

    /// @return why to stop; empty where there is no reason
    private String report(StepResult result, int step) {
        int valueSteps = config.valueSteps();
        boolean valueOnly = step <= valueSteps;
        return switch (result) {
            case StepResult.Stepped(var metrics) -> {
                progress.progress(
                        valueOnly ? "value" : "ppo",
                        valueOnly ? step : step - valueSteps,
                        valueOnly ? valueSteps : config.steps(),
                        metrics,
                        "");
                yield "";
            }
            case StepResult.Aborted(var diagnosis, var metrics) -> {
                progress.progress(
                        "ppo", step, valueSteps + config.steps(), finite(metrics), diagnosis);
                yield diagnosis;
            }
        };
    }

    /// What JSON can hold of the metrics.
    static SortedMap<String, Double> finite(Map<String, Double> metrics) {
        SortedMap<String, Double> finite = new TreeMap<>(metrics);
        finite.values().removeIf(value -> !Double.isFinite(value));
        return finite;
    }

    static void checkNotInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException(
                    "the refresh was interrupted; it goes on from its checkpoint when started"
                            + " again");
        }
    }
}
