package io.thumbwheel.trainer.preference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.trainer.model.DecoderInput;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.util.List;

/// Log-probs of whole answers, and how far a policy has moved them from the reference policy's.
final class LogRatios {

    private final Llama policy;
    private final Llama reference;

    LogRatios(Llama policy, Llama reference) {
        this.policy = policy;
        this.reference = reference;
    }

    /// log π_ref of each answer [batch]. Before [Step#backward], not within: it needs no gradient.
    float[] reference(NDManager manager, List<Answer> answers) {
        return values(manager, reference, answers);
    }

    /// ρ = log π − log π_ref of each answer, differentiable in the policy [batch].
    ///
    /// @param referenceLogProbs [batch]
    NDArray of(NDManager manager, List<Answer> answers, float[] referenceLogProbs) {
        return logProbs(manager, policy, answers).sub(manager.create(referenceLogProbs));
    }

    /// ρ of each answer as numbers [batch].
    float[] values(NDManager manager, List<Answer> answers) {
        float[] values = values(manager, policy, answers);
        float[] base = reference(manager, answers);
        for (int i = 0; i < values.length; i++) {
            values[i] -= base[i];
        }
        return values;
    }

    /// log π of each answer as numbers [batch].
    static float[] values(NDManager manager, Llama model, List<Answer> answers) {
        try (Step step = Step.open(manager)) {
            return logProbs(step.manager(), model, answers).toFloatArray();
        }
    }

    /// log π of each answer, summed over its tokens [batch].
    static NDArray logProbs(NDManager manager, Llama model, List<Answer> answers) {
        PaddedBatch batch = PaddedBatch.of(answers, model.config().padId());
        NDArray tokens =
                model.logProbsAt(
                        new DecoderInput.Tokens(batch.tokens(manager)),
                        manager.create(batch.beforePositions()),
                        manager.create(batch.responseIds()),
                        1); // [tokens]
        return membership(manager, answers, batch.tokens())
                .matMul(tokens.reshape(-1, 1))
                .reshape(-1);
    }

    /// 1 where a token belongs to the answer [batch, tokens].
    private static NDArray membership(NDManager manager, List<Answer> answers, int tokens) {
        float[] member = new float[answers.size() * tokens];
        int token = 0;
        for (int row = 0; row < answers.size(); row++) {
            for (int t = 0; t < answers.get(row).responseIds().size(); t++) {
                member[row * tokens + token++] = 1;
            }
        }
        return manager.create(member, new Shape(answers.size(), tokens));
    }
}
