package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.reward.Answer;

/// What becomes of an answer's score before PPO sees it: mixed with the grade of a known answer,
/// cut to a range, then less what a missing end and over-length cost. All in standard deviations of
/// the anchor set.
///
/// @param truthWeight share of the grade in the score of a prompt whose answer is known
///   ([io.thumbwheel.trainer.reward.KnownAnswers])
/// @param limit scores are cut to ±this (Zheng et al., arXiv:2307.04964, section 5.3.1, eq. 15, on
///   the fixed scale of the anchors instead of a running one); 0: they are not
/// @param missingEosPenalty subtracted where the answer was cut. It does not replace the score, so
///   the order of cut answers stays
/// @param overlongTokens the last so many tokens before the limit of an answer cost, in a straight
///   line up to `overlongPenalty` (Yu et al., arXiv:2503.14476, eq. 13); 0: none does
/// @param overlongPenalty what an answer of full length costs; 1 in DAPO
public record ScoreShaping(
        double truthWeight,
        double limit,
        double missingEosPenalty,
        int overlongTokens,
        double overlongPenalty) {
    public ScoreShaping {
        if (!(truthWeight >= 0 && truthWeight <= 1)) {
            throw new IllegalArgumentException(
                    "truthWeight must be between 0 and 1, got " + truthWeight);
        }
        if (!(limit >= 0
                && missingEosPenalty >= 0
                && overlongTokens >= 0
                && overlongPenalty >= 0)) {
            throw new IllegalArgumentException(
                    "limit, missingEosPenalty, overlongTokens and overlongPenalty cannot be negative, got %s, %s, %d and %s"
                            .formatted(limit, missingEosPenalty, overlongTokens, overlongPenalty));
        }
    }

    /// The defaults: a missing end costs one deviation, and nothing else is done.
    public static ScoreShaping standard() {
        return new ScoreShaping(0.5, 0, 1, 0, 1);
    }

    /// The score that PPO maximises.
    ///
    /// @param score with the grade in it
    /// @param maxTokens where answers are cut
    double shaped(double score, Answer answer, int eosId, int maxTokens) {
        double cut = limit == 0 ? score : Math.clamp(score, -limit, limit);
        double missing = answer.ended(eosId) ? 0 : missingEosPenalty;
        int over = answer.responseIds().size() - (maxTokens - overlongTokens);
        double overlong = over <= 0 ? 0 : overlongPenalty * over / overlongTokens;
        return cut - missing - overlong;
    }
}
