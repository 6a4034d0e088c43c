package io.thumbwheel.trainer.ppo;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.trainer.reward.KnownAnswers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// What a refresh learns from.
///
/// @param reference Hugging Face folder of r0
/// @param serving Hugging Face folder of the release that serves; PPO starts from it. May be r0's
/// @param examples live examples of the data set version
/// @param prompts consented prompts; those of training raters are rolled out on
/// @param raterWeights trust by pseudonym, mean 1, 0 for quarantined raters; 1 where absent
/// @param ordinal which refresh of the store this is, from 1: decides the KL target
/// @param klCoefficient β of the previous refresh, where there was one
/// @param known what is right to say to some prompts, which are rolled out on, too
/// @param gold what the reward model must not lose on
/// @param seed of everything drawn by chance
public record RefreshInput(
        Path reference,
        Path serving,
        List<Example> examples,
        List<PromptSeen> prompts,
        Map<String, Double> raterWeights,
        int ordinal,
        OptionalDouble klCoefficient,
        KnownAnswers known,
        Gold gold,
        long seed) {
    public RefreshInput {
        examples = List.copyOf(examples);
        prompts = List.copyOf(prompts);
        raterWeights = Map.copyOf(raterWeights);
        if (ordinal < 1) {
            throw new IllegalArgumentException("refreshes count from 1, got " + ordinal);
        }
    }
}
