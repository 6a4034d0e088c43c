package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.Sampling;
import java.nio.FloatBuffer;
import java.util.Arrays;

/// Draws one token from a row of logits: first what the answer's processors change, then
/// temperature, then top-k, then top-p (Holtzman et al., arXiv 1904.09751) of what top-k left, then
/// min-p (arXiv 2407.01082), then the inverse of the cumulative distribution in order of ids.
///
/// The log-probability is of the distribution after all of these; temperature 0 takes the most
/// probable token (the lowest id among equals) and tells its log-probability at temperature 1,
/// since that of a certainty would say nothing. One thread's; it holds scratch memory.
final class Sampler {
    static final int NOT_FINITE = -1;
    static final int IMPOSSIBLE = -2;

    private final float[] logits; // [vocab]
    private final double[] weights; // [vocab] not normalised; 0 is left out
    private final long[] order; // [vocab] sort keys

    private double total; // sum of the weights
    private float logProb;

    Sampler(int vocab) {
        logits = new float[vocab];
        weights = new double[vocab];
        order = new long[vocab];
    }

    /// Draws from row `row` of `batch` [batch, vocab].
    ///
    /// @param uniform in [0, 1)
    /// @return the token, [#NOT_FINITE], or [#IMPOSSIBLE] where `processors` left none
    int draw(
            FloatBuffer batch,
            int row,
            Sampling sampling,
            double uniform,
            LogitsProcessor... processors) {
        batch.get(row * logits.length, logits);
        int best = mostProbable();
        if (best < 0) {
            return NOT_FINITE;
        }
        if (processors.length > 0) {
            for (LogitsProcessor processor : processors) {
                processor.process(logits);
            }
            best = mostProbable();
            if (best < 0) {
                return IMPOSSIBLE;
            }
        }
        int token = choose(best, sampling, uniform);
        logProb = (float) Math.log(weights[token] / total);
        return token;
    }

    private int choose(int best, Sampling sampling, double uniform) {
        if (sampling.temperature() == 0) {
            total = weigh(logits[best], 1);
            return best;
        }
        total = weigh(logits[best], sampling.temperature());
        if (sampling.topK() > 0 && sampling.topK() < logits.length) {
            total = keepTop(sampling.topK());
        }
        if (sampling.topP() < 1) {
            total = keepNucleus(sampling.topP(), total);
        }
        if (sampling.minP() > 0) {
            total = keepAbove(sampling.minP());
        }
        return inverse(uniform * total, best);
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

    /// weights = exp((logits - max) / temperature); returns their sum.
    private double weigh(float max, double temperature) {
        double scale = 1 / temperature;
        double total = 0;
        for (int token = 0; token < logits.length; token++) {
            double weight = Math.exp((logits[token] - max) * scale);
            weights[token] = weight;
            total += weight;
        }
        return total;
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
        double total = 0;
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] < share) { // the greatest weight is exp(0) = 1
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
                long bits = Float.floatToIntBits((float) weights[token]);
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
                long bits = Float.floatToIntBits((float) weights[token]);
                if ((bits << 32 | (Integer.MAX_VALUE - token)) < last) {
                    weights[token] = 0;
                }
            }
        }
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        return total;
    }

    private int inverse(double target, int fallback) {
        double reached = 0;
        int token = fallback;
        for (int candidate = 0; candidate < weights.length; candidate++) {
            if (weights[candidate] > 0) {
                reached += weights[candidate];
                token = candidate;
                if (reached > target) {
                    return token;
                }
            }
        }
        return token;
    }
}
