package io.thumbwheel.trainer.offline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/// Which opinions teach, which say when to stop, which judge: by hash of the first prompt and never
/// by row, so that no prompt is on two sides.
///
/// @param training to learn from
/// @param validation say which weights are kept, and what scores are normalised on
/// @param test judge, and nothing else
record Split(List<Labelled> training, List<Labelled> validation, List<Labelled> test) {

    Split {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        if (training.isEmpty() || validation.isEmpty() || test.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d rows to learn from, %d to stop by and %d to judge on: none may be 0, so more first prompts are needed"
                            .formatted(training.size(), validation.size(), test.size()));
        }
        requireDecided(training, "learn from");
        requireDecided(test, "judge on");
    }

    private static void requireDecided(List<Labelled> rows, String purpose) {
        if (LabelledPair.of(rows).isEmpty()) {
            throw new IllegalArgumentException(
                    "%d rows to %s, and none of them prefers anything to anything: comparisons are needed, or thumbs of both kinds"
                            .formatted(rows.size(), purpose));
        }
    }

    /// Eight tenths of the prompts teach, a tenth stops, a tenth judges.
    static Split tenths(List<Labelled> pairs) {
        List<Labelled> training = new ArrayList<>();
        List<Labelled> validation = new ArrayList<>();
        List<Labelled> test = new ArrayList<>();
        for (Labelled pair : pairs) {
            int tenth = bucket("split", pair, 10);
            (tenth < 8 ? training : tenth == 8 ? validation : test).add(pair);
        }
        return new Split(training, validation, test);
    }

    /// As many splits as folds; each pair judges in one of them. Of the other prompts a tenth
    /// stops.
    static List<Split> folds(List<Labelled> pairs, int folds) {
        List<Split> splits = new ArrayList<>();
        for (int fold = 0; fold < folds; fold++) {
            List<Labelled> training = new ArrayList<>();
            List<Labelled> validation = new ArrayList<>();
            List<Labelled> test = new ArrayList<>();
            for (Labelled pair : pairs) {
                boolean judges = bucket("fold", pair, folds) == fold;
                boolean stops = bucket("stop", pair, 10) == 0;
                (judges ? test : stops ? validation : training).add(pair);
            }
            splits.add(new Split(training, validation, test));
        }
        return splits;
    }

    /// Salted, so that one division says nothing about another; a checksum would not do, since its
    /// values for two salts differ by a constant.
    private static int bucket(String salt, Labelled pair, int buckets) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    (salt + ":" + pair.firstPrompt())
                                            .getBytes(StandardCharsets.UTF_8));
            return (int) Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), buckets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
