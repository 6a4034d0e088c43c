package io.thumbwheel.trainer.release;

import java.nio.FloatBuffer;

/// The log-probability of one token, in double precision.
final class LogSoftmax {
    private LogSoftmax() {}

    /// @param logits [vocab], from 0 to the buffer's limit
    static double of(FloatBuffer logits, int token) {
        float max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < logits.limit(); id++) {
            max = Math.max(max, logits.get(id));
        }
        double total = 0;
        for (int id = 0; id < logits.limit(); id++) {
            total += Math.exp(logits.get(id) - max);
        }
        return logits.get(token) - max - Math.log(total);
    }
}
