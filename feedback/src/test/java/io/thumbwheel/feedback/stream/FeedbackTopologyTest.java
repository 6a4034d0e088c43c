package io.thumbwheel.feedback.stream;

import static io.thumbwheel.feedback.Talk.all;
import static io.thumbwheel.feedback.Talk.pick;
import static io.thumbwheel.feedback.Talk.said;
import static io.thumbwheel.feedback.Talk.served;
import static io.thumbwheel.feedback.Talk.thumb;
import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Preference;
import io.thumbwheel.schemas.event.Example.Rated;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

final class FeedbackTopologyTest extends JoinDriver {
    @Test
    void joinsFeedbackThatComesAfterItsCompletion() {
        send(served(two, "asker", true));

        send(said(two, RATER, pick(two, 1)));

        assertThat(examples()).singleElement().isInstanceOf(Preference.class);
        assertThat(count("joined")).isEqualTo(1);
    }

    @Test
    void parksFeedbackThatComesBeforeItsCompletion() {
        send(said(two, RATER, pick(two, 1)));
        assertThat(examples()).isEmpty();
        assertThat(registry.get("thumbwheel.feedback.waiting").gauge().value()).isEqualTo(1);

        send(served(two, "asker", true));

        assertThat(examples()).singleElement().isInstanceOf(Preference.class);
        assertThat(registry.get("thumbwheel.feedback.waiting").gauge().value()).isZero();
    }

    @Test
    void aPickAcrossCompletionsWaitsForBoth() {
        CompletionId first = Talk.id("talk", 1);
        List<ChoiceRef> among = List.of(new ChoiceRef(first, 0), new ChoiceRef(two, 1));
        send(said(first, RATER, pick(among, Verdict.CHOSE, 1)));
        send(served(two, "asker", true));
        assertThat(examples()).isEmpty();

        send(served(first, "asker", true));

        assertThat(examples()).singleElement().isInstanceOf(Preference.class);
    }

    @Test
    void theSameFeedbackTwiceIsOneVote() {
        FeedbackGiven thumb = said(two, RATER, thumb(two, 0, true));
        send(served(two, "asker", true));

        send(thumb);
        send(thumb);
        send(served(two, "asker", true));

        assertThat(examples()).hasSize(1);
        assertThat(count("duplicates")).isEqualTo(2);
    }

    @Test
    void theNewestOpinionAboutAnItemWins() {
        send(served(two, "asker", true));
        send(said(two, RATER, pick(all(two), Verdict.BOTH_BAD, -1)));

        send(said(two, RATER, pick(two, 0)));

        Map<String, Example> live = live();
        assertThat(live.values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Preference.class,
                        preference ->
                                assertThat(preference.outcome()).isEqualTo(Example.Outcome.A));
    }

    @Test
    void newestIsByOffsetAndNotByWhenItsCompletionCame() {
        CompletionId other = Talk.id("talk", 1);
        List<ChoiceRef> among = List.of(new ChoiceRef(two, 0), new ChoiceRef(other, 0));
        send(said(two, RATER, pick(among, Verdict.BOTH_BAD, -1)));
        send(said(two, RATER, thumb(two, 0, true)));
        send(served(two, "asker", true));

        send(served(other, "asker", true, Talk.PROMPT, "elsewhere"));

        assertThat(live().values())
                .filteredOn(Rated.class::isInstance)
                .extracting(example -> ((Rated) example).score())
                .containsExactlyInAnyOrder(1.0, 0.0);
    }

    @Test
    void oneRatersOpinionLeavesAnothersAlone() {
        send(served(two, "asker", true));

        send(said(two, RATER, pick(two, 0)));
        send(said(two, "somebody else", pick(two, 1)));

        assertThat(live()).hasSize(2);
    }

    @Test
    void aRetractionWithdraws() {
        FeedbackGiven bothBad = said(two, RATER, pick(all(two), Verdict.BOTH_BAD, -1));
        send(served(two, "asker", true));
        send(bothBad);
        assertThat(live()).hasSize(3);

        FeedbackGiven retraction = said(two, RATER, new Opinion.Retraction(bothBad.id()));
        send(retraction);

        assertThat(live()).isEmpty();
        send(bothBad);
        assertThat(live()).isEmpty();
    }

    @Test
    void aRetractionLeavesWhatOtherOpinionsSay() {
        FeedbackGiven bothBad = said(two, RATER, pick(all(two), Verdict.BOTH_BAD, -1));
        send(served(two, "asker", true));
        send(said(two, RATER, thumb(two, 0, true)));
        send(bothBad);

        send(said(two, RATER, new Opinion.Retraction(bothBad.id())));

        assertThat(live().values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Rated.class, rated -> assertThat(rated.score()).isEqualTo(1.0));
    }

    @Test
    void aRetractionThatComesFirstCounts() {
        FeedbackGiven thumb = said(two, RATER, thumb(two, 0, true));
        send(served(two, "asker", true));

        send(said(two, RATER, new Opinion.Retraction(thumb.id())));
        send(thumb);

        assertThat(live()).isEmpty();
    }

    @Test
    void nobodyTakesBackWhatAnotherSaid() {
        FeedbackGiven thumb = said(two, RATER, thumb(two, 0, true));
        send(served(two, "asker", true));
        send(thumb);

        send(said(two, "somebody else", new Opinion.Retraction(thumb.id())));

        assertThat(live()).hasSize(1);
        assertThat(count("retractions.refused")).isEqualTo(1);
    }

    @Test
    void promptsGoOutOnceAndOnlyWithConsent() {
        send(served(two, "asker", true));
        send(served(Talk.id("elsewhere", 1), "another", true));
        send(served(Talk.id("private", 1), "asker", false));

        assertThat(read(Topics.PROMPTS))
                .containsExactly(
                        new PromptSeen(
                                PromptSeen.digestOf(Talk.PROMPT),
                                Talk.NOW,
                                Talk.PROMPT,
                                "asker",
                                Split.ofRater("asker")));
    }

    @Test
    void oneUserGivesABoundedNumberOfPrompts() {
        for (int token = 0; token < 3; token++) {
            send(served(Talk.id("talk", 1), "asker", true, List.of(1, token), "same"));
        }

        assertThat(read(Topics.PROMPTS))
                .extracting(event -> ((PromptSeen) event).promptIds())
                .containsExactly(List.of(1, 0), List.of(1, 1));
    }

    @Test
    void whatCannotBeReadIsKeptWithTheReason() {
        sendRaw(Topics.FEEDBACK, "no event");
        sendRaw(Topics.COMPLETIONS, "{\"schema\":9}");

        TestRecord<String, byte[]> dead = readRecords(Topics.FEEDBACK_DEAD).getFirst();
        assertThat(dead.key()).isEqualTo("0000");
        assertThat(new String(dead.value(), StandardCharsets.UTF_8)).isEqualTo("no event");
        assertThat(new String(dead.headers().lastHeader("reason").value(), StandardCharsets.UTF_8))
                .startsWith("not a readable event");
        assertThat(
                        new String(
                                readRecords(Topics.COMPLETIONS_DEAD)
                                        .getFirst()
                                        .headers()
                                        .lastHeader("reason")
                                        .value(),
                                StandardCharsets.UTF_8))
                .isEqualTo("schema must be 1, got 9");
    }
}
