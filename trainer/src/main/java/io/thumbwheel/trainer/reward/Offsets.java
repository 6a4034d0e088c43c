package io.thumbwheel.trainer.reward;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// What is known of the answers of each opinion before a network says anything.
final class Offsets {
    private final Map<Opinion, float[]> byOpinion = new IdentityHashMap<>();

    private Offsets() {}

    /// @param rows of [Opinion#answersOf]
    static Offsets of(List<? extends Opinion> opinions, double[] rows) {
        Offsets offsets = new Offsets();
        int row = 0;
        for (Opinion opinion : opinions) {
            float[] own = new float[opinion.answers().size()];
            for (int i = 0; i < own.length; i++) {
                own[i] = (float) rows[row++];
            }
            offsets.byOpinion.put(opinion, own);
        }
        return offsets;
    }

    /// Of some of them, opinion after opinion [answers].
    float[] of(List<Opinion> some) {
        float[] found = new float[Opinion.answersOf(some).size()];
        int row = 0;
        for (Opinion opinion : some) {
            float[] own = byOpinion.getOrDefault(opinion, new float[0]);
            System.arraycopy(own, 0, found, row, own.length);
            row += own.length;
        }
        return found;
    }
}
