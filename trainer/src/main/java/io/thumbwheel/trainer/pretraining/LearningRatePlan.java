package io.thumbwheel.trainer.pretraining;

/// The learning rate over the tokens seen: a straight rise, then half a cosine down to the floor.
/// By tokens and not by time, so that a run slowed by its neighbours still ends its cosine.
///
/// Loshchilov & Hutter 2017, arXiv:1608.03983 eq. 5, one period.
///
/// @param begin tokens where the plan begins
/// @param warmedUp tokens where the rise ends
/// @param end tokens where the floor is reached and the run ends
/// @param peak learning rate at `warmedUp`
/// @param floor learning rate at `end`
public record LearningRatePlan(long begin, long warmedUp, long end, double peak, double floor) {
    public LearningRatePlan {
        if (begin < 0 || warmedUp < begin || end <= warmedUp) {
            throw new IllegalArgumentException(
                    "a plan needs begin <= warmedUp < end, got %d, %d, %d"
                            .formatted(begin, warmedUp, end));
        }
        if (!(floor >= 0) || !(peak >= floor)) {
            throw new IllegalArgumentException(
                    "a plan needs 0 <= floor <= peak, got %s and %s".formatted(floor, peak));
        }
    }

    /// A plan for a whole run: 2% of it to rise, down to a twentieth.
    public static LearningRatePlan whole(long tokens, double peak) {
        return new LearningRatePlan(0, tokens / 50, tokens, peak, peak / 20);
    }

    /// The learning rate after so many tokens.
    public double at(long tokens) {
        if (tokens < warmedUp) {
            return peak * (tokens - begin + 1) / (warmedUp - begin + 1);
        }
        double done = Math.min(1, (double) (tokens - warmedUp) / (end - warmedUp));
        return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
    }

    /// A run that goes on after its end: 2% of the rest to rise to another peak, then down again.
    public LearningRatePlan risingAgain(long newEnd, long now, double newPeak) {
        LearningRatePlan rest = endingAt(newEnd, now);
        long risen = now + (newEnd - now) / 50;
        return new LearningRatePlan(now, risen, rest.end, newPeak, floor);
    }

    /// The same run with another end: from the rate of now down to the same floor.
    public LearningRatePlan endingAt(long newEnd, long now) {
        if (newEnd <= now) {
            throw new IllegalArgumentException(
                    "the run has seen %d tokens already; it cannot end at %d"
                            .formatted(now, newEnd));
        }
        return new LearningRatePlan(now, now, newEnd, Math.max(floor, at(now)), floor);
    }
}
