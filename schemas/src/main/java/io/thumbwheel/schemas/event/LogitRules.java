package io.thumbwheel.schemas.event;

import java.util.Map;

/// What is done to the logits before temperature, top-k, top-p and min-p, in this order:
///
/// 1. the repetition penalty θ on every token of prompt and answer so far (Keskar et al., CTRL,
///    arXiv 1909.05858, section 4.1): logit / θ. Departure: a logit below zero is multiplied by θ,
///    since the division would raise it;
/// 2. OpenAI's penalties on every token of the answer so far: logit - count · frequency - presence;
/// 3. the bias of each token, added.
///
/// @param presencePenalty in [-2, 2]; 0 is off
/// @param frequencyPenalty in [-2, 2]; 0 is off
/// @param repetitionPenalty in [0.01, 2]; 1 is off
/// @param logitBias by token id, each in [-100, 100]
public record LogitRules(
        double presencePenalty,
        double frequencyPenalty,
        double repetitionPenalty,
        Map<Integer, Double> logitBias) {
    /// Leaves the logits as they come.
    public static final LogitRules NONE = new LogitRules(0, 0, 1, Map.of());

    public LogitRules {
        logitBias = Map.copyOf(logitBias);
        if (!(Math.abs(presencePenalty) <= 2 && Math.abs(frequencyPenalty) <= 2)) {
            throw new IllegalArgumentException(
                    "presence and frequency penalty must be between -2 and 2, got %s and %s"
                            .formatted(presencePenalty, frequencyPenalty));
        }
        if (!(repetitionPenalty >= 0.01 && repetitionPenalty <= 2)) {
            throw new IllegalArgumentException(
                    "repetition_penalty must be between 0.01 and 2, got " + repetitionPenalty);
        }
        logitBias.forEach((token, bias) -> {
            if (token < 0 || !(Math.abs(bias) <= 100)) {
                throw new IllegalArgumentException(
                        "logit_bias must be between -100 and 100 for token ids from 0, got %s for %d"
                                .formatted(bias, token));
            }
        });
    }
}
