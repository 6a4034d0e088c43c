package io.thumbwheel.feedback.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.feedback.statistics.Agreement.Metric;
import io.thumbwheel.feedback.statistics.BradleyTerry.Match;
import io.thumbwheel.feedback.statistics.BradleyTerry.Strength;
import io.thumbwheel.feedback.trust.Statement;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Formulas against published examples.
final class StatisticsTest {

    @Test
    void wilsonsInterval() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263 and 15 of 148.
        Share one = Share.of(81, 263);
        assertThat(one.low()).isCloseTo(0.2553, within(5e-5));
        assertThat(one.high()).isCloseTo(0.3662, within(5e-5));
        Share other = Share.of(15, 148);
        assertThat(other.low()).isCloseTo(0.0624, within(5e-5));
        assertThat(other.high()).isCloseTo(0.1605, within(5e-5));
        assertThat(Share.of(0, 20).high()).isCloseTo(0.1611, within(5e-5));
        assertThat(Share.of(0, 0)).isEqualTo(new Share(0, 0, 0, 0, 1));
    }

    @Test
    void cohensKappa() {
        // 50 grants: both yes 20, only A yes 5, only B yes 10, both no 15: kappa 0.4.
        List<Map<String, Integer>> units = new ArrayList<>();
        add(units, 20, 1, 1);
        add(units, 5, 1, 0);
        add(units, 10, 0, 1);
        add(units, 15, 0, 0);

        Agreement agreement = Agreement.of(units, Metric.NOMINAL);

        assertThat(agreement.raw()).isEqualTo(0.7);
        assertThat(Objects.requireNonNull(agreement.kappa())).isCloseTo(0.4, within(1e-12));
        assertThat(agreement.items()).isEqualTo(50);
        assertThat(agreement.raters()).isEqualTo(2);
    }

    @Test
    void rankersAgreeOnPairs() {
        // a > b = c and a > c > b: of three pairs they say the same on two.
        List<Statement> rankings =
                List.of(
                        ranking("ada", List.of(List.of(0), List.of(1, 2))),
                        ranking("bob", List.of(List.of(0), List.of(2), List.of(1))));

        List<AgreementRow> rows = AgreementRow.of(rankings);

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().scale()).isEqualTo("ranking");
        assertThat(rows.getFirst().agreement().items()).isEqualTo(3);
        assertThat(Objects.requireNonNull(rows.getFirst().agreement().raw()))
                .isCloseTo(2 / 3.0, within(1e-12));
    }

    private static Statement ranking(String rater, List<List<Integer>> order) {
        CompletionId three = new CompletionId(new UUID(0x7000, 1), "c0de", 3, "0123456789a");
        return new Statement(
                rater,
                Talk.NOW,
                rater,
                RaterKind.LABELER,
                null,
                null,
                new Said.Ranked(order),
                IntStream.range(0, 3)
                        .mapToObj(i -> new Seen(new ChoiceRef(three, i), 10L * i, 5, "r0"))
                        .toList(),
                Talk.NOW,
                0);
    }

    @Test
    void krippendorffsAlpha() {
        // Krippendorff (2011), section C: four observers, twelve units; 0.743 and 0.815.
        int[][] observers = {
            {1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
            {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
            {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
            {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0}
        };
        List<Map<String, Integer>> units = new ArrayList<>();
        for (int unit = 0; unit < 12; unit++) {
            Map<String, Integer> values = new HashMap<>();
            for (int observer = 0; observer < 4; observer++) {
                if (observers[observer][unit] > 0) {
                    values.put("observer-" + observer, observers[observer][unit]);
                }
            }
            units.add(values);
        }

        assertThat(Objects.requireNonNull(Agreement.of(units, Metric.NOMINAL).alpha()))
                .isCloseTo(0.743, within(5e-4));
        assertThat(Objects.requireNonNull(Agreement.of(units, Metric.ORDINAL).alpha()))
                .isCloseTo(0.815, within(5e-4));
    }

    @Test
    void whereNothingIsSharedThereIsNoAgreement() {
        assertThat(Agreement.of(List.of(Map.of("a", 1)), Metric.NOMINAL))
                .isEqualTo(new Agreement(0, 0, null, null, null));
        assertThat(Agreement.of(List.of(Map.of("a", 1, "b", 1)), Metric.NOMINAL))
                .isEqualTo(new Agreement(1, 2, 1.0, null, null));
    }

    @Test
    void strengthsOfTwo() {
        // 700 to 300, and a tie of each with strength 0: the slope at (x, −x) is 0 where
        // 700.5 − 1000 σ(2x) − σ(x) = 0: x = 0.42309
        Map<String, Strength> strengths =
                BradleyTerry.of(
                        List.of(
                                new Match("a", "b", 1),
                                new Match("b", "a", 1),
                                new Match("a", "b", 0.5)));
        assertThat(of(strengths, "a").logOdds()).isCloseTo(0, within(1e-9));

        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            matches.add(new Match("a", "b", i < 700 ? 1 : 0));
        }
        strengths = BradleyTerry.of(matches);
        double x = of(strengths, "a").logOdds();
        assertThat(of(strengths, "b").logOdds()).isCloseTo(-x, within(1e-9));
        assertThat(700.5 - 1000 / (1 + Math.exp(-2 * x)) - 1 / (1 + Math.exp(-x)))
                .isCloseTo(0, within(1e-6));
        assertThat(of(strengths, "a").comparisons()).isEqualTo(1000);
        assertThat(of(strengths, "a").low()).isLessThan(x);
    }

    @Test
    void agrestisBaseball() {
        // Agresti, Categorical Data Analysis (1990), table 10.10: the 1987 season, wins of rows.
        String[] teams = {
            "Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"
        };
        int[][] wins = {
            {0, 7, 9, 7, 7, 9, 11},
            {6, 0, 7, 5, 11, 9, 9},
            {4, 6, 0, 7, 7, 8, 12},
            {6, 8, 6, 0, 6, 7, 10},
            {6, 2, 6, 7, 0, 7, 12},
            {4, 4, 5, 6, 6, 0, 6},
            {2, 4, 1, 3, 1, 7, 0}
        };
        List<Match> matches = new ArrayList<>();
        for (int a = 0; a < 7; a++) {
            for (int b = 0; b < 7; b++) {
                for (int win = 0; win < wins[a][b]; win++) {
                    matches.add(new Match(teams[a], teams[b], 1));
                }
            }
        }

        Map<String, Strength> strengths = BradleyTerry.of(matches);

        // His estimates against Baltimore: 1.58, 1.44, 1.29, 1.25, 1.11, 0.68; the tie with
        // strength 0 pulls each a little towards the middle.
        double[] published = {1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0};
        double baltimore = of(strengths, "Baltimore").logOdds();
        for (int team = 0; team < 7; team++) {
            assertThat(of(strengths, teams[team]).logOdds() - baltimore)
                    .as(teams[team])
                    .isCloseTo(published[team], within(0.05));
        }
    }

    private static Strength of(Map<String, Strength> strengths, String release) {
        return Objects.requireNonNull(strengths.get(release));
    }

    private static void add(List<Map<String, Integer>> units, int times, int a, int b) {
        for (int i = 0; i < times; i++) {
            units.add(Map.of("a", a, "b", b));
        }
    }
}
