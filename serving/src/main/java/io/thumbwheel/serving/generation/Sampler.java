package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.Sampling;
import java.nio.FloatBuffer;
import java.util.Arrays;

/// Draws tokens from rows of logits: first what an answer's processors change, then temperature,
/// then top-k, then top-p (Holtzman et al., arXiv 1904.09751) of what top-k left, then min-p (arXiv
/// 2407.01082), then the inverse of the cumulative distribution in order of ids.
///
/// The log-probability is of the distribution after all of these; temperature 0 takes the most
/// probable token (the lowest id among equals) and tells its log-probability at temperature 1,
/// since that of a certainty would say nothing. Rows are prepared one by one, weighed together by
/// the policy, whose engine is much quicker at exponentials, and drawn from one by one. One
/// thread's; it holds scratch memory.
final class Sampler {
    static final int NOT_FINITE = -1;
    static final int IMPOSSIBLE = -2;
    private static final int NOT_LOOKED_FOR = -3;

    private final Policy policy;
    private final float[] logits; // [vocab] of one row
    private final float[] scales; // [slots] 1 / temperature
    private final int[] best; // [slots] most probable token, or one of the constants
    private final float[] weights; // [vocab] probabilities; 0 is left out
    private final long[] order; // [vocab] sort keys

    private FloatBuffer probabilities = FloatBuffer.allocate(0); // [rows, vocab]
    private double total; // sum of the weights
    private float logProb;

    Sampler(Policy policy) {
        this.policy = policy;
        logits = new float[policy.vocab()];
        scales = new float[policy.slots()];
        best = new int[policy.slots()];
        weights = new float[policy.vocab()];
        order = new long[policy.vocab()];
    }

    /// Applies `processors` to row `row` of `batch` [batch, vocab].
    void prepare(FloatBuffer batch, int row, Sampling sampling, LogitsProcessor... processors) {
        double temperature = sampling.temperature();
        scales[row] = temperature == 0 ? 1 : (float) (1 / temperature);
        if (temperature > 0 && processors.length == 0) {
            best[row] = NOT_LOOKED_FOR;
            return;
        }
        batch.get(row * logits.length, logits);
        best[row] = mostProbable();
        if (best[row] >= 0 && processors.length > 0) {
            for (LogitsProcessor processor : processors) {
                processor.process(logits);
            }
            int left = mostProbable();
            best[row] = left < 0 ? IMPOSSIBLE : left;
            batch.put(row * logits.length, logits);
        }
    }

    /// Turns the first `rows` rows, all prepared, into probabilities.
    void weigh(FloatBuffer batch, int rows) throws PolicyFailedException {
        probabilities = policy.softmax(batch, scales, rows);
    }

    /// Draws from row `row` of what was weighed.
    ///
    /// @param uniform in [0, 1)
    /// @return the token, [#NOT_FINITE], or [#IMPOSSIBLE] where its processors left none
    int draw(int row, Sampling sampling, double uniform) {
        if (best[row] == NOT_FINITE || best[row] == IMPOSSIBLE) {
            return best[row];
        }
        probabilities.get(row * weights.length, weights);
        if (Float.isNaN(weights[0])) {
            return NOT_FINITE;
        }
        total = 1; // but for float's rounding
        int token = choose(best[row], sampling, uniform);
        logProb = (float) Math.log(weights[token] / total);
        return token;
    }

    private int choose(int best, Sampling sampling, double uniform) {
        if (sampling.temperature() == 0) {
            return best;
        }
        if (sampling.topK() > 0 && sampling.topK() < weights.length) {
            total = keepTop(sampling.topK());
        }
        if (sampling.topP() < 1) {
            total = keepNucleus(sampling.topP(), total);
        }
        if (sampling.minP() > 0) {
            total = keepAbove(sampling.minP());
        }
        return inverse(uniform * total);
    }

    /// Log-probability of the token drawn last.
    float logProb() {
        return logProb;
    }

    /// The `count` most probable tokens of the last draw; of equals the lower id comes first.
    TopTokens top(int count) {
        if (count == 0) {
            return TopTokens.NONE;
        }
        int[] ids = new int[count];
        int found = 0;
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] > 0 && (found < count || weights[token] > weights[ids[found - 1]])) {
                int at = found < count ? found++ : found - 1;
                while (at > 0 && weights[ids[at - 1]] < weights[token]) {
                    ids[at] = ids[at - 1];
                    at--;
                }
                ids[at] = token;
            }
        }
        float[] logProbs = new float[found];
        for (int i = 0; i < found; i++) {
            logProbs[i] = (float) Math.log(weights[ids[i]] / total);
        }
        return new TopTokens(Arrays.copyOf(ids, found), logProbs);
    }

    private int mostProbable() {
        int best = 0;
        for (int token = 0; token < logits.length; token++) {
            float logit = logits[token];
            if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
                return -1;
            }
            if (logit > logits[best]) {
                best = token;
            }
        }
        return Float.isInfinite(logits[best]) ? -1 : best;
    }

    private double keepTop(int count) {
        int candidates = sortAbove(0);
        return keepFirst(candidates, count);
    }

    /// Smallest set of most probable tokens whose mass reaches `mass`. A token below (1 - mass) /
    /// vocab is never in it: all such tokens together weigh less than 1 - mass.
    private double keepNucleus(double mass, double total) {
        int candidates = sortAbove((1 - mass) * total / logits.length);
        double reached = 0;
        int count = 0;
        while (count < candidates && reached < mass * total) {
            reached += weights[tokenAt(candidates, count)];
            count++;
        }
        return keepFirst(candidates, count);
    }

    private double keepAbove(double share) {
        float greatest = 0;
        for (float weight : weights) {
            greatest = weight > greatest ? weight : greatest;
        }
        double total = 0;
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] < share * greatest) {
                weights[token] = 0;
            }
            total += weights[token];
        }
        return total;
    }

    /// Orders the tokens heavier than `least` by weight, ascending; of equals the lower id comes
    /// last. Weights are in (0, 1]: the bits of a positive float order as the float does.
    private int sortAbove(double least) {
        int candidates = 0;
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] > least) {
                long bits = Float.floatToIntBits(weights[token]);
                order[candidates++] = bits << 32 | (Integer.MAX_VALUE - token);
            }
        }
        Arrays.sort(order, 0, candidates);
        return candidates;
    }

    private int tokenAt(int candidates, int rank) {
        return Integer.MAX_VALUE - (int) order[candidates - 1 - rank];
    }

    private double keepFirst(int candidates, int count) {
        if (count < candidates) {
            long last = order[candidates - count];
            for (int token = 0; token < weights.length; token++) {
                long bits = Float.floatToIntBits(weights[token]);
                if ((bits << 32 | (Integer.MAX_VALUE - token)) < last) {
                    weights[token] = 0;
                }
            }
        }
        double total = 0;
        for (float weight : weights) {
            total += weight;
        }
        return total;
    }

    private int inverse(double target) {
        double reached = 0;
        int last = 0;
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] > 0) {
                reached += weights[token];
                last = token;
                if (reached > target) {
                    return token;
                }
            }
        }
        return last; // rounding left less than the target
    }
}
