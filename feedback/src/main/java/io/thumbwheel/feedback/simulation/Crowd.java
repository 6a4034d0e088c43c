package io.thumbwheel.feedback.simulation;

import io.thumbwheel.feedback.trust.Gold;
import io.thumbwheel.feedback.trust.Statement;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// People, trolls and what they say of answers, all drawn from a seed.
///
/// An answer is a vector of [#FEATURES] normal numbers, the first of which is its length; the truth
/// is that the answer with the greater product with the truth's direction is better, and that one
/// with a product above 0 is good. Nobody's errors depend on how close the answers are.
final class Crowd {
    static final int FEATURES = 32;

    private static final double NOISE = 0.25;
    private static final double TAKES_FIRST_UNREAD = 0.05;
    private static final double PICKS = 0.7;
    private static final double MINORITY_COSINE = 0.3;
    private static final int POOL = 300;
    private static final int GOLD = 20;
    private static final double OPINIONS_MEDIAN = 60;
    private static final double OPINIONS_SIGMA = 0.6;
    private static final Duration SPAN = Duration.ofDays(14);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final CompletionId COMPLETION =
            CompletionId.parse("chatcmpl-019b7c4e-1234-7abc-8def-0123456789ab-c0de10123456789a");

    private final Scenario scenario;
    private final Random random;
    private final double[] truth;
    private final double[] minorityTaste;
    private final List<double[][]> pool = new ArrayList<>();
    private final Map<Long, double[]> features = new HashMap<>();
    private final Map<String, Kind> kinds = new TreeMap<>();
    private final List<Statement> statements = new ArrayList<>();
    private final Map<Long, Boolean> gold = new HashMap<>();

    /// Who somebody is.
    enum Kind {
        /// Errs a quarter of the time.
        HONEST,
        /// The same, and gives a thumb down only for what is really bad.
        LENIENT,
        /// The same, with a taste of one's own.
        MINORITY,
        /// Says the opposite, and errs a quarter of the time at that.
        CONTRARY,
        /// Says anything.
        RANDOM,
        /// Takes what is shown first; all thumbs are up.
        FIRST,
        /// Takes what is longer; long is good.
        LONG,
        /// One of a few that push one feature, all from one network, five times as often as others.
        COORDINATED;

        boolean honest() {
            return switch (this) {
                case HONEST, LENIENT, MINORITY -> true;
                case CONTRARY, RANDOM, FIRST, LONG, COORDINATED -> false;
            };
        }
    }

    /// What a crowd is made of.
    ///
    /// @param raters all of them
    /// @param trolls share of them
    /// @param onlyContrary whether all trolls are contrary; a quarter of each kind otherwise
    /// @param coordinated how many more push one feature
    /// @param shared share of the opinions about the common pool of 300 questions; all others are
    ///   about an answer that nobody else sees
    /// @param hasGold whether 20 of the pool are gold
    record Scenario(
            String name,
            int raters,
            double trolls,
            boolean onlyContrary,
            int coordinated,
            double shared,
            boolean hasGold) {}

    Crowd(Scenario scenario, long seed) {
        this.scenario = scenario;
        this.random = new Random(seed);
        truth = unit(gaussian());
        double[] other = gaussian();
        double along = dot(other, truth);
        for (int i = 0; i < FEATURES; i++) {
            other[i] -= along * truth[i];
        }
        double[] across = unit(other);
        minorityTaste = new double[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
            minorityTaste[i] =
                    MINORITY_COSINE * truth[i]
                            + Math.sqrt(1 - MINORITY_COSINE * MINORITY_COSINE) * across[i];
        }
        for (int i = 0; i < POOL; i++) {
            pool.add(new double[][] {gaussian(), gaussian()});
        }
        populate();
        statements.sort(Comparator.comparing(Statement::at).thenComparing(Statement::id));
    }

    List<Statement> statements() {
        return statements;
    }

    Map<Long, Boolean> gold() {
        return gold;
    }

    Map<String, Kind> kinds() {
        return kinds;
    }

    double[] features(Seen seen) {
        return features.getOrDefault(seen.digest(), new double[FEATURES]);
    }

    /// Share of new pairs that a direction orders as the truth does.
    double accuracy(double[] direction, int pairs) {
        int right = 0;
        for (int i = 0; i < pairs; i++) {
            double[] difference = gaussian();
            right += dot(difference, direction) > 0 == dot(difference, truth) > 0 ? 1 : 0;
        }
        return (double) right / pairs;
    }

    private void populate() {
        if (scenario.hasGold()) {
            for (int i = 0; i < GOLD; i++) {
                Seen a = seen(pool.get(i)[0]);
                Seen b = seen(pool.get(i)[1]);
                boolean aWins = dot(pool.get(i)[0], truth) > dot(pool.get(i)[1], truth);
                var known = aWins ? Gold.comparison(a, b) : Gold.comparison(b, a);
                gold.put(known.getKey(), known.getValue());
            }
        }
        int trolls = (int) Math.round(scenario.trolls() * scenario.raters());
        Kind[] trollKinds = {Kind.CONTRARY, Kind.RANDOM, Kind.FIRST, Kind.LONG};
        for (int rater = 0; rater < scenario.raters(); rater++) {
            Kind kind;
            if (rater < trolls) {
                kind = scenario.onlyContrary() ? Kind.CONTRARY : trollKinds[rater % 4];
            } else {
                kind =
                        switch (rater % 10) {
                            case 0 -> Kind.LENIENT;
                            case 1 -> Kind.MINORITY;
                            default -> Kind.HONEST;
                        };
            }
            rater("rater-%03d".formatted(rater), kind, "network-" + random.nextInt(60));
        }
        for (int rater = 0; rater < scenario.coordinated(); rater++) {
            rater("coordinated-%02d".formatted(rater), Kind.COORDINATED, "network-x");
        }
    }

    private void rater(String name, Kind kind, String network) {
        kinds.put(name, kind);
        boolean few = kind == Kind.COORDINATED;
        double median = few ? 5 * OPINIONS_MEDIAN : OPINIONS_MEDIAN;
        int opinions =
                (int)
                        Math.clamp(
                                median * Math.exp(OPINIONS_SIGMA * random.nextGaussian()),
                                5,
                                10 * OPINIONS_MEDIAN);
        long span = SPAN.toSeconds();
        // People come at any time; the few come at the end.
        long begin = few ? span * 6 / 7 : (long) (random.nextDouble() * span * 0.7);
        for (int i = 0; i < opinions; i++) {
            Instant at = START.plusSeconds(begin + (long) (random.nextDouble() * (span - begin)));
            statements.add(statement(name + "/" + i, at, name, kind, network));
        }
    }

    private Statement statement(String id, Instant at, String name, Kind kind, String network) {
        double[][] pair =
                random.nextDouble() < scenario.shared()
                        ? pool.get(random.nextInt(POOL))
                        : new double[][] {gaussian(), gaussian()};
        if (random.nextDouble() < PICKS) {
            boolean swapped = random.nextBoolean();
            boolean first = takesFirst(kind, pair[swapped ? 1 : 0], pair[swapped ? 0 : 1]);
            Said said = new Said.Chose(first == swapped ? 1 : 0, swapped ? ONE_FIRST : ZERO_FIRST);
            return statement(id, at, name, network, said, List.of(seen(pair[0]), seen(pair[1])));
        }
        Said said = new Said.Thumbed(findsGood(kind, pair[0]));
        return statement(id, at, name, network, said, List.of(seen(pair[0])));
    }

    private static final List<Integer> ZERO_FIRST = List.of(0, 1);
    private static final List<Integer> ONE_FIRST = List.of(1, 0);

    private static Statement statement(
            String id, Instant at, String name, String network, Said said, List<Seen> about) {
        return new Statement(
                id, at, name, RaterKind.USER, network, null, said, about, at.minusSeconds(30), 0);
    }

    /// Whether the one shown first is taken.
    private boolean takesFirst(Kind kind, double[] first, double[] second) {
        boolean better = dot(first, truth) > dot(second, truth);
        return switch (kind) {
            case HONEST, LENIENT -> human(better);
            case MINORITY -> human(dot(first, minorityTaste) > dot(second, minorityTaste));
            case CONTRARY -> noisy(!better);
            case RANDOM -> random.nextBoolean();
            case FIRST -> true;
            case LONG -> first[0] > second[0];
            case COORDINATED -> first[1] > second[1];
        };
    }

    private boolean findsGood(Kind kind, double[] answer) {
        double worth = dot(answer, truth);
        return switch (kind) {
            case HONEST -> noisy(worth > 0);
            case LENIENT -> noisy(worth > -1);
            case MINORITY -> noisy(dot(answer, minorityTaste) > 0);
            case CONTRARY -> noisy(worth <= 0);
            case RANDOM -> random.nextBoolean();
            case FIRST -> true;
            case LONG -> answer[0] > 0;
            case COORDINATED -> answer[1] > 0;
        };
    }

    private boolean human(boolean right) {
        return random.nextDouble() < TAKES_FIRST_UNREAD || noisy(right);
    }

    private boolean noisy(boolean right) {
        return random.nextDouble() < NOISE ? !right : right;
    }

    private Seen seen(double[] answer) {
        long digest =
                java.util.Arrays.hashCode(answer) * 0x9E3779B97F4A7C15L
                        ^ Double.doubleToLongBits(answer[FEATURES - 1]);
        features.put(digest, answer);
        return new Seen(
                new ChoiceRef(COMPLETION, 0), digest, (int) Math.round(100 + 30 * answer[0]), "r0");
    }

    private double[] gaussian() {
        double[] vector = new double[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
            vector[i] = random.nextGaussian();
        }
        return vector;
    }

    private static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        double[] unit = new double[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = vector[i] / length;
        }
        return unit;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
