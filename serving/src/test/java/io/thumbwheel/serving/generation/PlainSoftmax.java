package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;

/// The softmax of rows, in doubles and by the book.
public final class PlainSoftmax {
    private PlainSoftmax() {}

    /// probabilities = softmax(scale * logits) of each row.
    ///
    /// @param logits [at least rows, vocab]
    /// @param probabilities [slots, vocab], where slots is the number of scales
    public static void of(FloatBuffer logits, float[] scales, int rows, FloatBuffer probabilities) {
        int vocab = probabilities.capacity() / scales.length;
        for (int row = 0; row < rows; row++) {
            double greatest = Double.NEGATIVE_INFINITY;
            for (int i = row * vocab; i < (row + 1) * vocab; i++) {
                greatest = Math.max(greatest, logits.get(i));
            }
            double sum = 0;
            for (int i = row * vocab; i < (row + 1) * vocab; i++) {
                sum += Math.exp((logits.get(i) - greatest) * scales[row]);
            }
            for (int i = row * vocab; i < (row + 1) * vocab; i++) {
                double weight = Math.exp((logits.get(i) - greatest) * scales[row]);
                probabilities.put(i, (float) (weight / sum));
            }
        }
    }
}
