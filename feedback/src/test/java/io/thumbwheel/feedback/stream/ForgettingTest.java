package io.thumbwheel.feedback.stream;

import static io.thumbwheel.feedback.Talk.pick;
import static io.thumbwheel.feedback.Talk.said;
import static io.thumbwheel.feedback.Talk.served;
import static io.thumbwheel.feedback.Talk.thumb;
import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Preference;
import io.thumbwheel.schemas.event.Example.Rated;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.ImportedAnswers;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// What leaves the join: by age, or with the person whom it is about; and answers from elsewhere.
final class ForgettingTest extends JoinDriver {
    @Test
    void forgetsWhatIsTooOld() {
        Instant longAgo = Talk.NOW.minus(Duration.ofDays(500));
        CompletionId old =
                new CompletionId(
                        new UUID(longAgo.toEpochMilli() << 16 | 0x7000, 1L << 63),
                        "abcd",
                        2,
                        "00000000000");
        send(served(two, "asker", true));
        send(served(old, "asker", true));
        send(said(old, RATER, thumb(old, 0, true)));
        assertThat(evicted()).isZero();

        send(served(two, "asker", true), Talk.NOW.plus(Duration.ofHours(2)));

        assertThat(evicted()).isEqualTo(2);
        send(said(two, RATER, thumb(two, 0, true)));
        assertThat(live()).hasSize(2);
    }

    @Test
    void importedAnswersComeWithTheirFeedbackOnce() {
        CompletionId id = CompletionId.imported("two answers", 2, Talk.SIGNING);
        FeedbackGiven given = imported(id, "f1", RATER);

        send(given);
        send(given);
        send(imported(id, "f2", "another"));

        assertThat(live().values())
                .hasSize(2)
                .allSatisfy(example -> {
                    Preference preference = (Preference) example;
                    assertThat(preference.promptIds()).isEmpty();
                    assertThat(preference.promptMessages())
                            .containsExactly(new Message("user", "Which?"));
                    assertThat(preference.b()).isEqualTo(new Response("that", null, null));
                    assertThat(preference.outcome()).isEqualTo(Example.Outcome.B);
                    assertThat(preference.provenance().raterKind()).isEqualTo(RaterKind.IMPORTED);
                });
        assertThat(count("duplicates")).isEqualTo(1);
    }

    @Test
    void importedAnswersAreForgottenByWhenTheyCame() {
        CompletionId id = CompletionId.imported("two answers", 2, Talk.SIGNING);
        send(served(two, "asker", true));
        send(imported(id, "f1", RATER));

        send(served(Talk.id("talk", 1), "asker", true), Talk.NOW.plus(Duration.ofDays(401)));

        assertThat(
                        registry.get("thumbwheel.feedback.forgotten")
                                .tag("what", "feedback")
                                .counter()
                                .count())
                .isEqualTo(1);
    }

    @Test
    void whoIsForgottenTakesOpinionsAndPromptsAlong() {
        send(served(two, "person", true));
        send(said(two, "person", thumb(two, 0, true)));
        send(said(two, "another", thumb(two, 1, true)));
        CompletionId others = Talk.id("elsewhere", 2);
        send(served(others, "another", true, List.of(1, 9), "other"));
        send(said(others, "person", pick(others, 1)));
        send(said(others, "another", pick(others, 0)));
        assertThat(live()).hasSize(4);

        send(new RaterForgotten("person", Instant.ofEpochMilli(two.mintedAt() + 1_000)));

        assertThat(live().values())
                .singleElement()
                .satisfies(
                        example -> assertThat(example.provenance().rater()).isEqualTo("another"));
        assertThat(readRecords(Topics.PROMPTS))
                .filteredOn(record -> record.value() == null)
                .extracting(TestRecord::key)
                .containsExactly(PromptSeen.digestOf(Talk.PROMPT));
        assertThat(readRecords(Topics.RATERS))
                .filteredOn(record -> record.value() == null)
                .extracting(TestRecord::key)
                .containsExactly("person");
        assertThat(count("deleted")).isEqualTo(3);
    }

    @Test
    void whatAForgottenPersonSaysLaterStartsAnew() {
        send(served(two, "another", true));
        send(said(two, "person", thumb(two, 0, true)));
        send(new RaterForgotten("person", Talk.NOW));

        send(said(two, "person", thumb(two, 0, false)));

        assertThat(live().values())
                .singleElement()
                .isInstanceOfSatisfying(Rated.class, rated -> assertThat(rated.score()).isZero());
    }

    @Test
    void aCompletionThatComesLateIsForgottenToo() {
        Instant after = Instant.ofEpochMilli(two.mintedAt() + 1_000);
        send(said(two, "another", thumb(two, 0, true)));
        send(new RaterForgotten("person", after));

        send(served(two, "person", true));

        assertThat(live()).isEmpty();
        assertThat(read(Topics.PROMPTS)).isEmpty();
    }

    private static FeedbackGiven imported(CompletionId id, String feedbackId, String rater) {
        return new FeedbackGiven(
                        feedbackId, Talk.NOW, id, rater, RaterKind.LABELER, true, pick(id, 1))
                .about(
                        new ImportedAnswers(
                                List.of(new Message("user", "Which?")), List.of("this", "that")));
    }

    private double evicted() {
        return registry.find("thumbwheel.feedback.forgotten").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
