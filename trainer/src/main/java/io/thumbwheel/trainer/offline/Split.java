package io.thumbwheel.trainer.offline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/// Which pairs teach, which say when to stop, which judge: by hash of the first prompt and never by
/// row, so that no prompt is on two sides.
///
/// @param training to learn from
/// @param validation say which weights are kept, and what scores are normalised on
/// @param test judge, and nothing else
record Split(List<LabelledPair> training, List<LabelledPair> validation, List<LabelledPair> test) {

    Split {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        if (training.isEmpty() || validation.isEmpty() || test.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d pairs to learn from, %d to stop by and %d to judge on: none may be 0, so more first prompts are needed"
                            .formatted(training.size(), validation.size(), test.size()));
        }
    }

    /// Eight tenths of the prompts teach, a tenth stops, a tenth judges.
    static Split tenths(List<LabelledPair> pairs) {
        List<LabelledPair> training = new ArrayList<>();
        List<LabelledPair> validation = new ArrayList<>();
        List<LabelledPair> test = new ArrayList<>();
        for (LabelledPair pair : pairs) {
            int tenth = bucket("split", pair, 10);
            (tenth < 8 ? training : tenth == 8 ? validation : test).add(pair);
        }
        return new Split(training, validation, test);
    }

    /// As many splits as folds; each pair judges in one of them. Of the other prompts a tenth
    /// stops.
    static List<Split> folds(List<LabelledPair> pairs, int folds) {
        List<Split> splits = new ArrayList<>();
        for (int fold = 0; fold < folds; fold++) {
            List<LabelledPair> training = new ArrayList<>();
            List<LabelledPair> validation = new ArrayList<>();
            List<LabelledPair> test = new ArrayList<>();
            for (LabelledPair pair : pairs) {
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
    private static int bucket(String salt, LabelledPair pair, int buckets) {
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
