package io.thumbwheel.trainer.bench;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.util.List;
import java.util.Map;

/// Floating-point operations that a decoder's matrices need, one multiply-add being two: `2 N` a
/// token forward and `4 N` backward (Kaplan et al., arXiv:2001.08361, section 2.1), and attention
/// over the positions before. What is cheap beside matrices is not counted, so that shares are
/// lower bounds.
///
/// @param config of the decoder
record Flops(ModelConfig config) {

    /// Forward over whole sequences, the output head at every position.
    double forward(double sequences, double seq) {
        return sequences * seq * (2 * (layers() + head()) + attention(seq / 2));
    }

    /// The same where the head is computed at `predicted` positions in all.
    double forward(double sequences, double seq, double predicted) {
        return sequences * seq * (2 * layers() + attention(seq / 2)) + predicted * 2 * head();
    }

    /// Forward and backward.
    double training(double sequences, double seq) {
        return 3 * forward(sequences, seq);
    }

    /// One token of an answer, behind `before` positions in the cache.
    double decode(double before) {
        return 2 * (layers() + head()) + attention(before);
    }

    /// Weights of the layers' matrices.
    private double layers() {
        double sum = 0;
        for (Map.Entry<String, List<Long>> tensor : TensorNames.shapes(config).entrySet()) {
            if (tensor.getKey().endsWith("_proj.weight")) {
                sum += (double) tensor.getValue().get(0) * tensor.getValue().get(1);
            }
        }
        return sum;
    }

    private double head() {
        return (double) config.vocab() * config.hidden();
    }

    /// Scores and weighted values of one query over `positions`.
    private double attention(double positions) {
        return 4.0 * config.layers() * config.heads() * config.headDim() * positions;
    }
}
