package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.FeedbackRefusedException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FeedbackRequestTest {
    private static final SigningKey SIGNING = Keys.signing('a');
    private static final CompletionId FOUR = CompletionId.mint("talk", 4, SIGNING);
    private static final CompletionId ONE = CompletionId.mint("talk", 1, SIGNING);
    private static final ApiKey KEY =
            new ApiKey("app", "secret", "acme", Set.of(ApiKeys.Role.FEEDBACK), RaterKind.USER);

    @Test
    void readsAThumb() throws Exception {
        FeedbackRequest request =
                parse(
                        """
                        {"completion_id":"%s","kind":"thumb","choice":2,"value":"up",
                         "reasons":["accurate"],"comment":"good","rater":{"id":"u1"},
                         "consent":true,"id":"vote-1"}\
                        """
                                .formatted(FOUR));

        assertThat(request)
                .isEqualTo(
                        new FeedbackRequest(
                                "vote-1",
                                FOUR,
                                new Opinion.Thumb(
                                        new ChoiceRef(FOUR, 2), true, List.of("accurate"), "good"),
                                "u1",
                                true));
    }

    @Test
    void leavesOutWhatHasAnObviousDefault() throws Exception {
        FeedbackRequest request =
                parse("{\"completion_id\":\"%s\",\"kind\":\"rating\",\"value\":5}".formatted(ONE));

        assertThat(request.opinion()).isEqualTo(new Opinion.Rating(new ChoiceRef(ONE, 0), 5));
        assertThat(request.person()).isEqualTo("anonymous");
        assertThat(request.consent()).isFalse();
        assertThat(request.id()).isNull();
    }

    @Test
    void picksAmongTheChoicesOfOneCompletion() throws Exception {
        CompletionId two = CompletionId.mint("talk", 2, SIGNING);

        FeedbackRequest request =
                parse(
                        "{\"completion_id\":\"%s\",\"kind\":\"pick\",\"chosen\":1,\"shown\":[1,0]}"
                                .formatted(two));

        assertThat(request.opinion())
                .isEqualTo(
                        new Opinion.Pick(
                                List.of(new ChoiceRef(two, 0), new ChoiceRef(two, 1)),
                                List.of(1, 0),
                                Verdict.CHOSE,
                                1));
    }

    @Test
    void picksAmongAnswersOfOneConversation() throws Exception {
        FeedbackRequest request =
                parse(
                        "{\"kind\":\"pick\",\"among\":[\"%s#0\",\"%s#3\"],\"chosen\":\"both_bad\"}"
                                .formatted(ONE, FOUR));

        assertThat(request.completion()).isEqualTo(ONE);
        assertThat(request.opinion())
                .isEqualTo(
                        new Opinion.Pick(
                                List.of(new ChoiceRef(ONE, 0), new ChoiceRef(FOUR, 3)),
                                List.of(),
                                Verdict.BOTH_BAD,
                                -1));
    }

    @Test
    void readsARankingWithTies() throws Exception {
        FeedbackRequest request =
                parse(
                        "{\"completion_id\":\"%s\",\"kind\":\"ranking\",\"order\":[[2],[0,1],3]}"
                                .formatted(FOUR));

        assertThat(request.opinion())
                .isEqualTo(new Opinion.Ranking(List.of(List.of(2), List.of(0, 1), List.of(3))));
    }

    @Test
    void readsWhatPeopleWrite() throws Exception {
        String start = "{\"completion_id\":\"" + ONE + "\",";

        assertThat(parse(start + "\"kind\":\"correction\",\"text\":\"better\"}").opinion())
                .isEqualTo(new Opinion.Correction(new ChoiceRef(ONE, 0), "better"));
        assertThat(parse(start + "\"kind\":\"demonstration\",\"text\":\"mine\"}").opinion())
                .isEqualTo(new Opinion.Demonstration("mine"));
        assertThat(parse(start + "\"kind\":\"critique\",\"text\":\"dull\"}").opinion())
                .isEqualTo(new Opinion.Critique(new ChoiceRef(ONE, 0), "dull"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]                                              | MALFORMED    |",
                "{\"kind\":                                       | MALFORMED    |",
                "{\"completion_id\":\"ONE\"}                      | MALFORMED    | kind",
                "{\"completion_id\":\"ONE\",\"kind\":\"clap\"}    | MALFORMED    | kind",
                "{\"kind\":\"thumb\",\"value\":\"up\"}            | MALFORMED    | completion_id",
                "{\"completion_id\":\"x\",\"kind\":\"thumb\",\"value\":\"up\"} | FORGED | completion_id",
                "{\"completion_id\":\"FORGED\",\"kind\":\"thumb\",\"value\":\"up\"} | FORGED | completion_id",
                "{\"completion_id\":\"ONE\",\"kind\":\"thumb\",\"value\":\"yes\"} | MALFORMED | value",
                "{\"completion_id\":\"FOUR\",\"kind\":\"thumb\",\"value\":\"up\"} | MALFORMED | choice",
                "{\"completion_id\":\"FOUR\",\"kind\":\"thumb\",\"choice\":4,\"value\":\"up\"} | UNACCEPTABLE | choice",
                "{\"completion_id\":\"FOUR\",\"kind\":\"thumb\",\"choice\":-1,\"value\":\"up\"} | UNACCEPTABLE | choice",
                "{\"completion_id\":\"ONE\",\"kind\":\"rating\",\"value\":8} | UNACCEPTABLE | value",
                "{\"completion_id\":\"ONE\",\"kind\":\"pick\",\"chosen\":0} | UNACCEPTABLE | completion_id",
                "{\"completion_id\":\"FOUR\",\"kind\":\"pick\",\"chosen\":4} | UNACCEPTABLE | chosen",
                "{\"completion_id\":\"FOUR\",\"kind\":\"pick\",\"chosen\":\"first\"} | MALFORMED | chosen",
                "{\"completion_id\":\"FOUR\",\"kind\":\"pick\",\"chosen\":0,\"shown\":[0,1]} | UNACCEPTABLE | shown",
                "{\"completion_id\":\"ONE\",\"kind\":\"pick\",\"chosen\":0,\"among\":[\"ONE#0\",\"ELSEWHERE#0\"]} | UNACCEPTABLE | among",
                "{\"completion_id\":\"ONE\",\"kind\":\"pick\",\"chosen\":0,\"among\":[\"ONE#0\",\"FORGED#0\"]} | FORGED | among",
                "{\"completion_id\":\"ONE\",\"kind\":\"pick\",\"chosen\":0,\"among\":[\"ONE#0\",\"ONE#0\"]} | UNACCEPTABLE | among",
                "{\"completion_id\":\"FOUR\",\"kind\":\"ranking\",\"order\":[[0],[0]]} | UNACCEPTABLE | order",
                "{\"completion_id\":\"FOUR\",\"kind\":\"ranking\",\"order\":[[0]]} | UNACCEPTABLE | order",
                "{\"completion_id\":\"FOUR\",\"kind\":\"ranking\",\"order\":[[0],[7]]} | UNACCEPTABLE | order",
                "{\"completion_id\":\"ONE\",\"kind\":\"correction\",\"text\":\"\"} | MALFORMED | text",
                "{\"completion_id\":\"ONE\",\"kind\":\"retraction\",\"feedback_id\":\"mine\"} | MALFORMED | feedback_id",
                "{\"completion_id\":\"ONE\",\"kind\":\"rating\",\"value\":5,\"rater\":\"u1\"} | MALFORMED | rater",
                "{\"completion_id\":\"ONE\",\"kind\":\"rating\",\"value\":5,\"consent\":\"yes\"} | MALFORMED | consent",
            })
    void refusesNamingTheField(String body, Reason reason, String field) {
        String sent =
                body.replace("ONE", ONE.toString())
                        .replace("FOUR", FOUR.toString())
                        .replace("ELSEWHERE", CompletionId.mint("elsewhere", 1, SIGNING).toString())
                        .replace(
                                "FORGED",
                                CompletionId.mint("talk", 2, Keys.signing('b')).toString());

        FeedbackRefusedException refused =
                catchThrowableOfType(FeedbackRefusedException.class, () -> parse(sent));

        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.field()).isEqualTo(field);
    }

    @Test
    void theSameIdFromTheSameKeyIsTheSameFeedback() throws Exception {
        FeedbackRequest named =
                parse(
                        "{\"completion_id\":\"%s\",\"kind\":\"rating\",\"value\":5,\"id\":\"7\"}"
                                .formatted(ONE));
        FeedbackRequest unnamed =
                parse("{\"completion_id\":\"%s\",\"kind\":\"rating\",\"value\":5}".formatted(ONE));
        Instant now = Instant.parse("2026-01-02T03:04:05Z");
        ApiKey other =
                new ApiKey("web", "other", "acme", Set.of(ApiKeys.Role.FEEDBACK), RaterKind.USER);

        FeedbackGiven given = named.given(KEY, SIGNING, null, now);

        assertThat(given.id()).isEqualTo("b1dee16e-30e1-5b86-ae7a-4eb5fcdbcadf");
        assertThat(named.given(KEY, SIGNING, "ignored", now).id()).isEqualTo(given.id());
        assertThat(unnamed.given(KEY, SIGNING, "7", now).id()).isEqualTo(given.id());
        assertThat(named.given(other, SIGNING, null, now).id()).isNotEqualTo(given.id());
        assertThat(unnamed.given(KEY, SIGNING, null, now).id())
                .isNotEqualTo(unnamed.given(KEY, SIGNING, null, now).id());
        assertThat(given.rater()).isEqualTo(ApiKeys.pseudonym(SIGNING, KEY, "anonymous"));
        assertThat(given.raterKind()).isEqualTo(RaterKind.USER);
        assertThat(given.key()).isEqualTo(ONE.route());
    }

    private static FeedbackRequest parse(String body) throws FeedbackRefusedException {
        return FeedbackRequest.parse(body.getBytes(StandardCharsets.UTF_8), SIGNING);
    }
}
