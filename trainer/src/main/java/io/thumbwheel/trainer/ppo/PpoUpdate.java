package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Scale;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.util.ArrayList;
import java.util.List;

/// The learning half of a PPO step: passes over the experience in minibatches of whole
/// microbatches, whose gradients add up before each optimizer step.
final class PpoUpdate {

    private final NDManager manager;
    private final PpoConfig config;
    private final Learners learners;
    private final List<Answer> ptx;
    private final Seeds seeds;

    /// @param ptx texts of the pretraining mix, may be empty
    PpoUpdate(
            NDManager manager, PpoConfig config, Learners learners, List<Answer> ptx, Seeds seeds) {
        this.manager = manager;
        this.config = config;
        this.learners = learners;
        this.ptx = List.copyOf(ptx);
        this.seeds = seeds;
    }

    /// All updates of one step.
    ///
    /// @param klCoefficient of this step
    void run(List<Experience> experiences, int step, double klCoefficient, PpoMetrics metrics) {
        boolean valueOnly = step < config.valueSteps();
        int perMinibatch = experiences.size() / config.minibatches();
        UpdateSums sums = new UpdateSums(config);
        for (int epoch = 0; epoch < config.epochs(); epoch++) {
            List<Integer> order =
                    seeds.order(
                            "minibatches",
                            (long) step * config.epochs() + epoch,
                            experiences.size());
            for (int minibatch = 0; minibatch < config.minibatches(); minibatch++) {
                List<Experience> chosen = new ArrayList<>();
                for (int i = 0; i < perMinibatch; i++) {
                    chosen.add(experiences.get(order.get(minibatch * perMinibatch + i)));
                }
                long index = ((long) step * config.epochs() + epoch) * config.minibatches();
                if (!valueOnly) {
                    updatePolicy(chosen, index + minibatch, klCoefficient, sums);
                }
                double rate = config.valueLearningRate() * scheduled(index + minibatch);
                learners.critic().ifPresent(critic -> updateValue(critic, chosen, rate, sums));
            }
        }
        sums.report(metrics);
    }

    private void updatePolicy(
            List<Experience> minibatch, long index, double klCoefficient, UpdateSums sums) {
        long tokens = tokens(minibatch);
        double loss = 0;
        for (Experience experience : minibatch) {
            try (Step step = Step.open(manager)) {
                NDArray[] logProbs = new NDArray[1];
                loss +=
                        step.backward(() -> {
                            logProbs[0] =
                                    RolloutSampler.logProbs(
                                            step,
                                            learners.policy(),
                                            experience.input(step.manager()),
                                            experience.batch(),
                                            config.temperature());
                            NDArray surrogate =
                                    PpoLoss.policy(
                                            logProbs[0],
                                            experience.oldLogProbs(),
                                            experience.advantages(),
                                            tokens,
                                            config); // []
                            return config.estimator() == Estimator.GRPO
                                    ? surrogate.add(
                                            Scale.by(
                                                    PpoLoss.kl(
                                                            logProbs[0],
                                                            experience.refLogProbs(),
                                                            tokens),
                                                    klCoefficient))
                                    : surrogate;
                        });
                sums.ratios(logProbs[0].toFloatArray(), experience.oldLogProbs());
            }
        }
        double ptxLoss = addPtx(index);
        double warmUp = Math.min(1, (done(index) + 1.0) / Math.max(1, config.warmUpUpdates()));
        double rate = config.policyLearningRate() * warmUp * scheduled(index);
        float norm = learners.policyOptimizer().step(rate, config.gradientClip());
        learners.average();
        sums.policyUpdate(loss, ptxLoss, norm);
    }

    /// Adds the gradient of the pretraining mix.
    private double addPtx(long index) {
        if (ptx.isEmpty() || config.ptxCoefficient() == 0 || config.ptxExamples() == 0) {
            return 0;
        }
        List<Answer> texts =
                seeds.cycled("ptx", ptx, index * config.ptxExamples(), config.ptxExamples());
        PaddedBatch batch = PaddedBatch.of(texts, learners.policy().config().padId());
        try (Step step = Step.open(manager)) {
            double loss =
                    step.backward(() ->
                            Scale.by(
                                    RolloutSampler.logProbs(step, learners.policy(), batch, 1)
                                            .mean(),
                                    -config.ptxCoefficient()));
            return loss / config.ptxCoefficient();
        }
    }

    private void updateValue(
            Critic critic, List<Experience> minibatch, double rate, UpdateSums sums) {
        long tokens = tokens(minibatch);
        double loss = 0;
        for (Experience experience : minibatch) {
            try (Step step = Step.open(manager)) {
                NDArray[] values = new NDArray[1];
                loss +=
                        step.backward(() -> {
                            values[0] =
                                    critic.model()
                                            .values(
                                                    step.manager(),
                                                    experience.input(step.manager()),
                                                    experience.batch());
                            return PpoLoss.value(
                                    values[0],
                                    experience.values(),
                                    experience.returns(),
                                    tokens,
                                    config);
                        });
                sums.values(values[0].toFloatArray(), experience.values());
            }
        }
        float norm = critic.optimizer().step(rate, config.gradientClip());
        sums.valueUpdate(loss, norm);
    }

    /// Updates of the policy before this one; negative while the value model learns alone.
    private long done(long index) {
        return index - (long) config.valueSteps() * config.epochs() * config.minibatches();
    }

    private double scheduled(long index) {
        return config.schedule().at(Math.max(0.0, done(index)) / config.updates());
    }

    private static long tokens(List<Experience> minibatch) {
        return minibatch.stream().mapToLong(Experience::tokens).sum();
    }
}
