package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.DecoderInput;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A microbatch of a rollout with all that PPO needs to learn from it. Its composition is fixed
/// before `oldLogProbs` are computed and never changes: padding, order and precision of the
/// update's forward pass are then those of the old one, and the first ratio is 1 to the bit.
///
/// Arrays [tokens] hold the response tokens of the microbatch, answer after answer: there is no
/// padding in them, so nothing needs a mask.
///
/// @param answers [batch]
/// @param batch the answers as a matrix
/// @param trunk what frozen layers say of it, where there are some
/// @param scores after the penalty for a missing end [batch]
/// @param oldLogProbs of the policy that sampled, by the trainer's forward pass [tokens]
/// @param refLogProbs of the reference policy [tokens]
/// @param entropies of the policy's distribution at each token, nats [tokens]
/// @param values of the states before each token [tokens]
/// @param advantages [tokens]
/// @param returns what the value model should have said [tokens]
record Experience(
        List<Answer> answers,
        PaddedBatch batch,
        Optional<DecoderInput.Trunk> trunk,
        double[] scores,
        float[] oldLogProbs,
        float[] refLogProbs,
        float[] entropies,
        float[] values,
        float[] advantages,
        float[] returns) {

    /// Every microbatch with its advantages. Those of a value model are whitened over all of them;
    /// those within a group have mean 0 as they are.
    static List<Experience> of(
            List<Evaluated> microbatches, double klCoefficient, PpoConfig config) {
        List<Advantages> advantages =
                switch (config.estimator()) {
                    case GAE -> generalized(microbatches, klCoefficient, config);
                    case RLOO, GRPO -> byGroup(microbatches, klCoefficient, config.estimator());
                };
        List<Experience> experiences = new ArrayList<>();
        for (int i = 0; i < microbatches.size(); i++) {
            Evaluated microbatch = microbatches.get(i);
            experiences.add(
                    new Experience(
                            microbatch.answers(),
                            microbatch.batch(),
                            microbatch.trunk(),
                            microbatch.scores(),
                            microbatch.logProbs(),
                            microbatch.refLogProbs(),
                            microbatch.entropies(),
                            microbatch.values(),
                            advantages.get(i).advantages(),
                            advantages.get(i).returns()));
        }
        return experiences;
    }

    /// Arrays [tokens] of each microbatch.
    private static List<Advantages> generalized(
            List<Evaluated> microbatches, double klCoefficient, PpoConfig config) {
        List<Advantages> all = new ArrayList<>();
        for (Evaluated microbatch : microbatches) {
            float[] advantages = new float[microbatch.logProbs().length];
            float[] returns = new float[microbatch.logProbs().length];
            int start = 0;
            for (int row = 0; row < microbatch.answers().size(); row++) {
                int length = microbatch.answers().get(row).responseIds().size();
                float[] rewards =
                        TokenRewards.of(
                                slice(microbatch.logProbs(), start, length),
                                slice(microbatch.refLogProbs(), start, length),
                                microbatch.scores()[row],
                                klCoefficient);
                Advantages answer =
                        Advantages.of(
                                rewards,
                                slice(microbatch.values(), start, length),
                                config.gamma(),
                                config.lambda());
                System.arraycopy(answer.advantages(), 0, advantages, start, length);
                System.arraycopy(answer.returns(), 0, returns, start, length);
                start += length;
            }
            all.add(new Advantages(advantages, returns));
        }
        Advantages.whiten(all.stream().map(Advantages::advantages).toList());
        return all;
    }

    /// Arrays [tokens] of each microbatch; no returns, for no value model asks for them.
    private static List<Advantages> byGroup(
            List<Evaluated> microbatches, double klCoefficient, Estimator estimator) {
        List<double[]> byAnswer = GroupAdvantages.of(microbatches, klCoefficient, estimator);
        List<Advantages> all = new ArrayList<>();
        for (int i = 0; i < microbatches.size(); i++) {
            float[] advantages = new float[microbatches.get(i).logProbs().length];
            int start = 0;
            for (int row = 0; row < microbatches.get(i).answers().size(); row++) {
                int end = start + microbatches.get(i).answers().get(row).responseIds().size();
                Arrays.fill(advantages, start, end, (float) byAnswer.get(i)[row]);
                start = end;
            }
            all.add(new Advantages(advantages, new float[advantages.length]));
        }
        return all;
    }

    /// What the models go on from.
    ///
    /// @param manager of its tokens
    DecoderInput input(NDManager manager) {
        return input(trunk, batch, manager);
    }

    /// The trunk where there is one, else the tokens.
    static DecoderInput input(
            Optional<DecoderInput.Trunk> trunk, PaddedBatch batch, NDManager manager) {
        return trunk.isPresent() ? trunk.get() : new DecoderInput.Tokens(batch.tokens(manager));
    }

    /// Response tokens.
    int tokens() {
        return batch.tokens();
    }

    /// A microbatch as the models see it before anything is learned.
    ///
    /// @param logProbs of the policy [tokens]
    record Evaluated(
            List<Answer> answers,
            PaddedBatch batch,
            Optional<DecoderInput.Trunk> trunk,
            double[] scores,
            float[] logProbs,
            float[] refLogProbs,
            float[] entropies,
            float[] values) {

        /// KL(π ‖ π_ref) of each answer by k1, nats [batch].
        double[] kl() {
            double[] kl = new double[answers.size()];
            int start = 0;
            for (int row = 0; row < kl.length; row++) {
                int length = answers.get(row).responseIds().size();
                kl[row] =
                        TokenRewards.kl(
                                slice(logProbs, start, length), slice(refLogProbs, start, length));
                start += length;
            }
            return kl;
        }
    }

    private static float[] slice(float[] tokens, int start, int length) {
        return Arrays.copyOfRange(tokens, start, start + length);
    }
}
