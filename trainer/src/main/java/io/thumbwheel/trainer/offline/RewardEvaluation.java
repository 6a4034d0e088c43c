package io.thumbwheel.trainer.offline;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.thumbwheel.trainer.evaluation.Calibration;
import io.thumbwheel.trainer.evaluation.PairedDifference;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// How a reward model does on pairs whose prompts it has not seen, beside a judge for whom the
/// longer answer wins and one that only knows words, on the very same pairs.
///
/// @param groups all pairs first, then by file, by length of the longer answer and by which answer
///   is longer
/// @param expectedCalibrationError of `σ(r_chosen − r_rejected)`
/// @param scoreLengthCorrelation Pearson's, between an answer's score and its tokens
record RewardEvaluation(
        List<Group> groups,
        @JsonProperty("expected_calibration_error") double expectedCalibrationError,
        @JsonProperty("score_length_correlation") double scoreLengthCorrelation) {

    private static final List<Integer> LENGTHS = List.of(0, 16, 32, 64, 128, Integer.MAX_VALUE);

    /// Some of the pairs and who is right on them how often.
    ///
    /// @param overLength reward model less the longer answer
    /// @param overWords reward model less TF-IDF
    record Group(
            String name,
            @JsonProperty("reward_model") WilsonInterval model,
            @JsonProperty("longer_wins") WilsonInterval length,
            @JsonProperty("tf_idf") WilsonInterval words,
            @JsonProperty("reward_model_minus_longer_wins") PairedDifference overLength,
            @JsonProperty("reward_model_minus_tf_idf") PairedDifference overWords) {

        static Group of(String name, List<Judged> pairs, long seed) {
            double[] model = values(pairs, Judged::right);
            List<String> prompts =
                    pairs.stream().map(judged -> judged.pair().firstPrompt()).toList();
            return new Group(
                    name,
                    share(pairs, Judged::right),
                    share(pairs, Judged::lengthRight),
                    share(pairs, Judged::wordsRight),
                    PairedDifference.of(model, values(pairs, Judged::lengthRight), prompts, seed),
                    PairedDifference.of(model, values(pairs, Judged::wordsRight), prompts, seed));
        }

        private static WilsonInterval share(List<Judged> pairs, ToDoubleFunction<Judged> right) {
            return WilsonInterval.of(pairs.stream().mapToDouble(right).sum(), pairs.size());
        }
    }

    /// @param seed of the resampling
    static RewardEvaluation of(List<Judged> pairs, long seed) {
        double[] ones = new double[pairs.size()];
        Arrays.fill(ones, 1);
        return new RewardEvaluation(
                groups(pairs, seed),
                Calibration.expectedError(
                        values(pairs, judged -> 1 / (1 + Math.exp(-judged.logit()))), ones),
                correlation(
                        both(pairs, Judged::chosenScore, Judged::rejectedScore),
                        both(
                                pairs,
                                judged -> judged.pair().chosenLength(),
                                judged -> judged.pair().rejectedLength())));
    }

    /// A table for people.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%-30s %5s  %-21s %6s  %-21s %6s  %s"
                        .formatted(
                                "right on",
                                "pairs",
                                "reward model",
                                "longer",
                                "difference",
                                "TF-IDF",
                                "difference"));
        for (Group group : groups) {
            lines.add(
                    "%-30s %5.0f  %5.1f%% (%4.1f to %4.1f) %5.1f%%  %-21s %5.1f%%  %s"
                            .formatted(
                                    group.name(),
                                    group.model().trials(),
                                    100 * group.model().share(),
                                    100 * group.model().low(),
                                    100 * group.model().high(),
                                    100 * group.length().share(),
                                    points(group.overLength()),
                                    100 * group.words().share(),
                                    points(group.overWords())));
        }
        lines.add(
                "95%% intervals; expected calibration error %.3f; correlation of score and length %.2f"
                        .formatted(expectedCalibrationError, scoreLengthCorrelation));
        return lines;
    }

    private static String points(PairedDifference difference) {
        return "%+.1f (%+.1f to %+.1f)"
                .formatted(
                        100 * difference.difference(),
                        100 * difference.low(),
                        100 * difference.high());
    }

    private static List<Group> groups(List<Judged> pairs, long seed) {
        List<Group> groups = new ArrayList<>();
        groups.add(Group.of("all", pairs, seed));
        TreeSet<Path> files = new TreeSet<>();
        pairs.forEach(judged -> files.add(judged.pair().file()));
        if (files.size() > 1) {
            for (Path file : files) {
                int names = file.getNameCount();
                add(
                        groups,
                        file.subpath(Math.max(0, names - 2), names).toString(),
                        pairs,
                        judged -> judged.pair().file().equals(file),
                        seed);
            }
        }
        for (int i = 1; i < LENGTHS.size(); i++) {
            int over = LENGTHS.get(i - 1);
            int most = LENGTHS.get(i);
            add(
                    groups,
                    most == Integer.MAX_VALUE
                            ? "over %d tokens".formatted(over)
                            : "%d to %d tokens".formatted(over + 1, most),
                    pairs,
                    judged -> {
                        int longer =
                                Math.max(
                                        judged.pair().chosenLength(),
                                        judged.pair().rejectedLength());
                        return longer > over && longer <= most;
                    },
                    seed);
        }
        add(
                groups,
                "the chosen answer is longer",
                pairs,
                judged -> judged.lengthRight() == 1,
                seed);
        add(
                groups,
                "the chosen answer is shorter",
                pairs,
                judged -> judged.lengthRight() == 0,
                seed);
        return groups;
    }

    private static void add(
            List<Group> groups, String name, List<Judged> pairs, Predicate<Judged> in, long seed) {
        List<Judged> some = pairs.stream().filter(in).toList();
        if (!some.isEmpty()) {
            groups.add(Group.of(name, some, seed));
        }
    }

    private static double[] values(List<Judged> pairs, ToDoubleFunction<Judged> value) {
        return pairs.stream().mapToDouble(value).toArray();
    }

    private static double[] both(
            List<Judged> pairs, ToDoubleFunction<Judged> one, ToDoubleFunction<Judged> other) {
        double[] values = Arrays.copyOf(values(pairs, one), 2 * pairs.size());
        System.arraycopy(values(pairs, other), 0, values, pairs.size(), pairs.size());
        return values;
    }

    /// Pearson's; 0 where one side does not vary.
    private static double correlation(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElse(0);
        double meanY = Arrays.stream(y).average().orElse(0);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
    }
}
