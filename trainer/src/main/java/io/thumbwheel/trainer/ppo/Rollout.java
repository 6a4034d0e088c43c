package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.reward.Answer;
import java.util.List;

/// What a policy sampled.
///
/// @param answers one per prompt
/// @param logProbs of the distribution sampled from, as the sampler computed them, answer by answer
///   [response]
record Rollout(List<Answer> answers, List<float[]> logProbs) {
    Rollout {
        answers = List.copyOf(answers);
        logProbs = List.copyOf(logProbs);
    }
}
