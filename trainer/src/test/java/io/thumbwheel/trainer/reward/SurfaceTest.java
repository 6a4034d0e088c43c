package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.schemas.text.Tokenizer;
import io.thumbwheel.trainer.pretraining.TinyVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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
    void wordsAreRunsOfLettersInLowerCase() throws IOException {
        TinyVocabulary.write(folder);
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
        Answer answer =
                new Answer(
                        List.of(1),
                        tokenizer.encode("Once, 'I DON'T' \u00c9t\u00e9 R2-D2; \u6771\u4eac"));

        Words words = Words.of(folder);

        assertThat(words.in(answer).all())
                .containsExactly(
                        "once", "i", "don't", "\u00e9t\u00e9", "r2", "d2", "\u6771", "\u4eac");
        assertThat(tokenizer.decode(words.tokens("once"))).isEqualTo(" once");
        assertThat(Words.TOKENS.in(new Answer(List.of(1), List.of(5, 6, 5))).all())
                .containsExactly("5", "6", "5");
    }

    @Test
    void addsWordsOnceCountsRepetitionAndFollowsItsBends() throws IOException {
        Surface surface =
                new Surface(
                        new TreeMap<>(Map.of("5", 0.5, "6", -2.0)),
                        new TreeMap<>(),
                        -10,
                        0,
                        List.of(new Surface.Bend(0, 1), new Surface.Bend(2, -3)),
                        Words.TOKENS);
        Answer answer = new Answer(List.of(1, 6), List.of(5, 5, 7, 5, 5, 7));

        // 0.5 once, one run of three again, 6 words: 6 · 1 − (6 − 2) · 3
        double expected = 0.5 - 10 * Math.log(2) + 6 - 12;
        assertThat(surface.of(answer)).isCloseTo(expected, within(1e-12));
        surface.save(folder);
        assertThat(Surface.load(folder).of(answer)).isCloseTo(expected, within(1e-12));
        assertThat(Surface.NONE.of(answer)).isZero();
        Surface.NONE.save(folder.resolve("elsewhere"));
        assertThat(folder.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void tellsWordsWithTheTokenizerThatItWasSavedWith() throws IOException {
        TinyVocabulary.write(folder);
        List<Integer> said =
                new ArrayList<>(
                        Tokenizer.load(folder.resolve("tokenizer.json"))
                                .encode("A cat. \"A dog.\" (A Dog!)"));
        Answer answer = new Answer(List.of(1), said);
        said.add(2);
        Answer ended = new Answer(List.of(1), said);
        Surface surface =
                new Surface(
                        new TreeMap<>(Map.of("dog", 2.0)),
                        new TreeMap<>(Map.of("a", 0.25, "cat", 8.0)),
                        0,
                        0.5,
                        List.of(),
                        Words.of(folder));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));

        surface.save(elsewhere);

        assertThat(Surface.load(elsewhere).of(answer)).isEqualTo(2.25);
        assertThat(Surface.load(elsewhere).of(ended)).isEqualTo(2.75);
        Files.delete(elsewhere.resolve("tokenizer.json"));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Surface.load(elsewhere))
                .withMessageContaining("only the policy's tokenizer tells");
    }

    @Test
    void aSurfaceOfAnEarlierVersionIsRefused() throws IOException {
        Files.writeString(
                folder.resolve("surface.json"),
                "{\"tokens\": {\"5\": 0.5}, \"bends\": [], \"word_starts\": \"\"}");

        assertThatExceptionOfType(EarlierVersionException.class)
                .isThrownBy(() -> Surface.load(folder))
                .withMessageContaining("train the reward model again");
    }

    @Test
    void findsWhichWordsPeopleLike() {
        List<Pair> pairs =
                pairs(1200, answer -> answer.responseIds().contains(10) ? 1 : 0, 0.25, 1);

        SurfaceSelection selection = selection(pairs);

        assertThat(selection.whole().weights().get("10")).isGreaterThan(0.4);
        Map<String, Double> others = new TreeMap<>(selection.whole().weights());
        double liked = Objects.requireNonNull(others.remove("10"));
        assertThat(others.values().stream().mapToDouble(Math::abs).sum())
                .as("all that is said of %d words that mean nothing", others.size())
                .isLessThan(liked);
    }

    @Test
    void theLastSentenceIsTold() throws IOException {
        TinyVocabulary.write(folder);
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
        Words words = Words.of(folder);

        assertThat(
                        List.of(
                                last(words, tokenizer, "One dog. Two 3.5 cats?"),
                                last(words, tokenizer, "\"Go!\" he said"),
                                last(words, tokenizer, "- one\n- two, three"),
                                last(words, tokenizer, "only one.")))
                .containsExactly(
                        List.of("two", "3", "5", "cats"),
                        List.of("he", "said"),
                        List.of("two", "three"),
                        List.of("only", "one"));
    }

    private static List<String> last(Words words, Tokenizer tokenizer, String text) {
        return words.in(new Answer(List.of(1), tokenizer.encode(text))).last();
    }

    /// One word of eight is liked. Who is told that those are alike guesses better which.
    @Test
    void wordsThatAreAlikeVouchForEachOther() {
        ToDoubleFunction<Answer> liking =
                answer ->
                        answer.responseIds().stream().distinct().filter(id -> id % 8 == 0).count();
        List<Pair> pairs = pairs(800, liking, 0.25, 7, 300);
        List<Pair> unseen = pairs(2000, liking, 0, 8, 300);

        Surface strangers =
                SurfaceSelection.of(pairs, Words.TOKENS, SurfaceTest::unlike, 0).whole();
        Surface alike =
                SurfaceSelection.of(
                                pairs,
                                Words.TOKENS,
                                word -> {
                                    float[] vector = unlike(word);
                                    vector[0] = Integer.parseInt(word) % 8 == 0 ? 4 : -4;
                                    return vector;
                                },
                                0)
                        .whole();

        assertThat(right(alike, unseen)).isGreaterThan(right(strangers, unseen) + 0.01);
    }

    @Test
    void findsTheLengthThatPeopleLike() {
        List<Pair> pairs =
                pairs(1200, answer -> -Math.abs(answer.responseIds().size() - 9), 0.25, 2);

        Surface surface = selection(pairs).whole();

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
                            answer(random, VOCAB).responseIds(),
                            answer(random, VOCAB).responseIds(),
                            random.nextBoolean() ? 1 : 0,
                            1,
                            "rater-" + i % 40));
        }

        SurfaceSelection selection = selection(pairs);

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

        double[] before = selection(pairs).crossFitted();
        double[] after = selection(changed).crossFitted();

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
        return surface.of(
                new Answer(List.of(1), IntStream.range(VOCAB, VOCAB + tokens).boxed().toList()));
    }

    private static SurfaceSelection selection(List<Pair> pairs) {
        return SurfaceSelection.of(pairs, Words.TOKENS, SurfaceTest::unlike, 0);
    }

    /// A vector that has nothing to do with those of other words [8].
    private static float[] unlike(String word) {
        SplittableRandom random = new SplittableRandom(Long.parseLong(word));
        float[] vector = new float[8];
        for (int h = 0; h < vector.length; h++) {
            vector[h] = (float) random.nextGaussian();
        }
        return vector;
    }

    /// Share of decided pairs whose preferred answer scores higher.
    private static double right(Surface surface, List<Pair> pairs) {
        return pairs.stream()
                .filter(pair -> pair.target() != 0.5)
                .mapToDouble(pair ->
                        surface.of(pair.a()) > surface.of(pair.b()) == pair.target() > 0.5 ? 1 : 0)
                .average()
                .orElseThrow();
    }

    /// Votes of 40 raters, a share of them flipped.
    private static List<Pair> pairs(
            int count, ToDoubleFunction<Answer> liking, double flipped, long seed) {
        return pairs(count, liking, flipped, seed, VOCAB);
    }

    private static List<Pair> pairs(
            int count, ToDoubleFunction<Answer> liking, double flipped, long seed, int vocab) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Answer a = answer(random, vocab);
            Answer b = answer(random, vocab);
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

    private static Answer answer(SplittableRandom random, int vocab) {
        return new Answer(
                List.of(1), random.ints(1 + random.nextInt(18), 3, vocab).boxed().toList());
    }
}
