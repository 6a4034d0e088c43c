package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.trainer.pretraining.TinyVocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurfaceTest {
    private static final int VOCAB = 40;

    @TempDir Path folder;

    @Test
    void wordsBeginWithTheAnswerAndAfterEachSpace() throws IOException {
        TinyVocabulary.write(folder);
        List<Integer> letters =
                "Once upon a time".chars().map(c -> TinyVocabulary.id((char) c)).boxed().toList();

        WordStarts words = WordStarts.of(folder, 262);

        assertThat(words.words(new Answer(List.of(1), letters))).isEqualTo(4);
        assertThat(WordStarts.decoded(words.encoded()).words(new Answer(List.of(1), letters)))
                .isEqualTo(4);
        assertThat(everyToken().words(new Answer(List.of(1), List.of(5, 6, 7)))).isEqualTo(3);
    }

    @Test
    void addsTokensOnceAndFollowsItsBends() throws IOException {
        Surface surface =
                new Surface(
                        new TreeMap<>(Map.of(5, 0.5, 6, -2.0)),
                        List.of(new Surface.Bend(0, 1), new Surface.Bend(2, -3)),
                        everyToken());
        Answer answer = new Answer(List.of(1, 6), List.of(5, 5, 7, 5));

        // 0.5 once, 4 words: 4 · 1 − (4 − 2) · 3
        assertThat(surface.of(answer)).isEqualTo(0.5 + 4 - 6);
        surface.save(folder);
        assertThat(Surface.load(folder).of(answer)).isEqualTo(-1.5);
        assertThat(Surface.NONE.of(answer)).isZero();
        Surface.NONE.save(folder.resolve("elsewhere"));
        assertThat(folder.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void findsWhichTokensPeopleLike() {
        List<Pair> pairs =
                pairs(1200, answer -> answer.responseIds().contains(10) ? 1 : 0, 0.25, 1);

        SurfaceSelection selection = SurfaceSelection.of(pairs, everyToken(), 0);

        assertThat(selection.whole().tokens().get(10)).isGreaterThan(0.4);
        Map<Integer, Double> others = new TreeMap<>(selection.whole().tokens());
        double liked = Objects.requireNonNull(others.remove(10));
        assertThat(others.values().stream().mapToDouble(Math::abs).sum())
                .as("all that is said of %d tokens that mean nothing", others.size())
                .isLessThan(liked);
    }

    @Test
    void findsTheLengthThatPeopleLike() {
        List<Pair> pairs =
                pairs(1200, answer -> -Math.abs(answer.responseIds().size() - 9), 0.25, 2);

        Surface surface = SurfaceSelection.of(pairs, everyToken(), 0).whole();

        int best =
                IntStream.rangeClosed(1, 18)
                        .boxed()
                        .max((a, b) -> Double.compare(ofLength(surface, a), ofLength(surface, b)))
                        .orElseThrow();
        assertThat(best).isBetween(8, 10);
    }

    /// Chance lets about one draw in ten through; this one it does not.
    @Test
    void whereNothingHelpsItIsEmpty() {
        SplittableRandom random = new SplittableRandom(1);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            pairs.add(
                    new Pair(
                            List.of(1),
                            answer(random).responseIds(),
                            answer(random).responseIds(),
                            random.nextBoolean() ? 1 : 0,
                            1,
                            "rater-" + i % 40));
        }

        SurfaceSelection selection = SurfaceSelection.of(pairs, everyToken(), 0);

        assertThat(selection.whole().isNone()).isTrue();
        assertThat(selection.crossFitted()).containsOnly(0);
    }

    /// Nobody's own noise is in what a network is told of their answers.
    @Test
    void aRatersOwnVotesDoNotMoveTheirOffsets() {
        List<Pair> pairs = pairs(400, answer -> answer.responseIds().size(), 0.25, 4);
        List<Pair> changed = new ArrayList<>(pairs);
        Pair first = pairs.getFirst();
        changed.set(
                0,
                new Pair(
                        first.promptIds(),
                        first.aIds(),
                        first.bIds(),
                        1 - first.target(),
                        first.weight(),
                        first.rater()));

        double[] before = SurfaceSelection.of(pairs, everyToken(), 0).crossFitted();
        double[] after = SurfaceSelection.of(changed, everyToken(), 0).crossFitted();

        assertThat(after[0] - after[1]).isCloseTo(before[0] - before[1], within(1e-9));
        assertThat(after[2] - after[3]).isNotEqualTo(before[2] - before[3]);
    }

    /// ½ Σ β² against two votes for one column: β = 2 (1 − σ(β)).
    @Test
    void theRegressionSolvesItsEquation() {
        SparseRows rows =
                SparseRows.of(
                        List.of(new TreeMap<>(Map.of(0, 1.0)), new TreeMap<>(Map.of(0, 1.0))), 2);

        double[] beta =
                new SparseLogistic(rows, new double[] {1, 1}, new double[] {1, 1})
                        .fit(new double[] {1, 0}, new double[2]);

        assertThat(beta[0]).isCloseTo(2 / (1 + Math.exp(beta[0])), within(1e-3));
        assertThat(beta[1]).isZero();
    }

    private static double ofLength(Surface surface, int tokens) {
        Integer[] ids = new Integer[tokens];
        Arrays.fill(ids, 3);
        return surface.of(new Answer(List.of(1), List.of(ids)));
    }

    private static WordStarts everyToken() {
        return WordStarts.of(Path.of("no tokenizer here"), VOCAB);
    }

    /// Votes of 40 raters, a share of them flipped.
    private static List<Pair> pairs(
            int count, ToDoubleFunction<Answer> liking, double flipped, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Answer a = answer(random);
            Answer b = answer(random);
            double difference = liking.applyAsDouble(a) - liking.applyAsDouble(b);
            boolean likesA = difference > 0 != random.nextDouble() < flipped;
            pairs.add(
                    new Pair(
                            a.promptIds(),
                            a.responseIds(),
                            b.responseIds(),
                            difference == 0 ? 0.5 : likesA ? 1 : 0,
                            1,
                            "rater-" + i % 40));
        }
        return pairs;
    }

    private static Answer answer(SplittableRandom random) {
        return new Answer(
                List.of(1), random.ints(1 + random.nextInt(18), 3, VOCAB).boxed().toList());
    }
}
