package io.thumbwheel.feedback.trust;

import static io.thumbwheel.feedback.Talk.NOW;
import static io.thumbwheel.feedback.Talk.pick;
import static io.thumbwheel.feedback.Talk.said;
import static io.thumbwheel.feedback.Talk.served;
import static io.thumbwheel.feedback.Talk.thumb;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WindowTest {
    private static final WindowLimits LIMITS = new WindowLimits(Duration.ofDays(31), 100, 100);

    private final Window window = new Window(LIMITS);
    private final CompletionId two = Talk.id("talk", 2);

    @Test
    void theNewestOfARaterAboutAnItemHolds() {
        window.served(served(two, "asker", true));
        FeedbackGiven first = said("f1", two, "ann", pick(two, 0));
        window.given(first);
        window.given(said("f2", two, "ann", pick(two, 1)));
        window.given(first); // delivered twice
        window.given(said("f3", two, "bob", pick(two, 0)));

        assertThat(window.statements()).extracting(Statement::id).containsExactly("f2", "f3");
        assertThat(window.statements().getFirst().said()).isEqualTo(new Said.Chose(1, List.of()));
        assertThat(window.statements().getFirst().about())
                .extracting(seen -> seen.ref().index())
                .containsExactly(0, 1);
    }

    @Test
    void aRetractionTakesBackOnlyOnesOwnAlsoBeforeItCame() {
        window.given(said("f1", two, "ann", thumb(two, 0, true)));
        window.given(said(two, "bob", new Opinion.Retraction("f1")));
        assertThat(window.statements()).hasSize(1);

        window.given(said(two, "ann", new Opinion.Retraction("f1")));
        window.given(said(two, "ann", new Opinion.Retraction("f2")));
        window.given(said("f2", two, "ann", thumb(two, 1, true)));

        assertThat(window.statements()).isEmpty();
    }

    @Test
    void theSameAnswerToTheSamePromptIsTheSameQuestion() {
        CompletionId other = Talk.id("another talk", 2);
        window.given(said("f1", two, "ann", pick(two, 0)));
        window.given(said("f2", other, "bob", pick(other, 0)));
        assertThat(window.statements().getFirst().about()).isEmpty();

        window.served(served(other, "asker", true));
        window.served(served(two, "asker", true));

        Map<String, Integer> raters = Map.of("ann", 0, "bob", 1);
        List<Vote> votes = Vote.of(window.statements(), raters);
        assertThat(votes).extracting(Vote::rater).containsExactly(0, 1);
        assertThat(votes.getFirst().item()).isEqualTo(votes.getLast().item());
        assertThat(votes.getFirst().yes()).isEqualTo(votes.getLast().yes());
    }

    @Test
    void aRankingOfThreeIsWorthTwoOpinions() {
        CompletionId three = Talk.id("talk", 3);
        window.served(served(three, "asker", true));
        window.given(said(three, "ann", new Opinion.Ranking(List.of(List.of(2), List.of(0, 1)))));

        List<Vote> votes = Vote.of(window.statements(), Map.of("ann", 0));

        assertThat(votes).hasSize(2); // 2 over 0 and 1, which are tied
        assertThat(votes).extracting(Vote::weight).containsExactly(2 / 3.0, 2 / 3.0);
    }

    @Test
    void whatIsTooOldOrTooMuchLeavesTheOldestFirst() {
        Window small = new Window(new WindowLimits(Duration.ofDays(2), 100, 3));
        for (int day = 0; day < 3; day++) {
            small.given(at("day-" + day, NOW.plus(Duration.ofDays(day))));
        }
        small.given(at("last", NOW.plus(Duration.ofDays(3))));
        small.given(at("soon after", NOW.plus(Duration.ofDays(3).plusHours(1))));
        small.trim();

        assertThat(small.statements())
                .extracting(Statement::rater)
                .containsExactly("day-2", "last", "soon after");
        assertThat(small.evicted()).isEqualTo(2);
    }

    @Test
    void aPersonIsForgotten() {
        window.given(said("f1", two, "ann", thumb(two, 0, true)));
        window.given(said("f2", two, "bob", thumb(two, 0, true)));

        window.forget("ann", NOW);

        assertThat(window.statements()).extracting(Statement::rater).containsExactly("bob");
    }

    @Test
    void goldIsKnownWhereItsCompletionIs() {
        Gold gold =
                Gold.parse(
                        List.of(
                                "{\"better\":\"%s#1\",\"worse\":\"%s#0\"}".formatted(two, two),
                                "",
                                "{\"answer\":\"%s#0\",\"good\":false}".formatted(two)));
        assertThat(gold.known(window)).isEmpty();

        window.served(served(two, "asker", true));

        assertThat(gold.known(window)).hasSize(2).containsValue(false);
        assertThat(gold.questions().getFirst().better()).isEqualTo(new ChoiceRef(two, 1));
        assertThatThrownBy(() -> Gold.parse(List.of("{\"answer\":\"%s#0\"}".formatted(two))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 1 of the gold questions is none");
    }

    private FeedbackGiven at(String rater, Instant at) {
        return new FeedbackGiven(rater, at, two, rater, RaterKind.USER, true, thumb(two, 0, true));
    }
}
