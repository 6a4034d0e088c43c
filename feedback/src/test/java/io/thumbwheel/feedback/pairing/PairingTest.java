package io.thumbwheel.feedback.pairing;

import static io.thumbwheel.feedback.Talk.NOW;
import static io.thumbwheel.feedback.Talk.PROMPT;
import static io.thumbwheel.feedback.Talk.all;
import static io.thumbwheel.feedback.Talk.pick;
import static io.thumbwheel.feedback.Talk.said;
import static io.thumbwheel.feedback.Talk.served;
import static io.thumbwheel.feedback.Talk.thumb;
import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.Example.Preference;
import io.thumbwheel.schemas.event.Example.Provenance;
import io.thumbwheel.schemas.event.Example.Rated;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Split;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PairingTest {
    private static final String RATER = "rater";
    private static final CompletionId TWO = Talk.id("talk", 2);
    private static final CompletionId FOUR = Talk.id("talk", 4);

    @Test
    void aPickPrefersTheChosenAnswer() {
        FeedbackGiven feedback = said(TWO, RATER, pick(TWO, 1));

        List<Example> examples = examples(feedback, served(TWO, "asker", true));

        assertThat(examples)
                .containsExactly(
                        new Preference(
                                Item.id("preference", List.of(TWO + "#0", TWO + "#1"), RATER),
                                PROMPT,
                                new Response("answer 0", List.of(1, 2), "r0-11111111"),
                                new Response("answer 1", List.of(11, 12), "r0-11111111"),
                                Outcome.B,
                                0,
                                new Provenance(
                                        List.of(feedback.id()),
                                        RATER,
                                        RaterKind.USER,
                                        Split.ofRater(RATER),
                                        NOW)));
    }

    @Test
    void theOrderOfTheAnswersChangesNothing() {
        List<ChoiceRef> reversed = all(TWO).reversed();

        Preference straight =
                preference(examples(said(TWO, RATER, pick(TWO, 0)), served(TWO, "asker", true)));
        Preference turned =
                preference(
                        examples(
                                said(TWO, RATER, pick(reversed, Verdict.CHOSE, 1)),
                                served(TWO, "asker", true)));

        assertThat(turned.id()).isEqualTo(straight.id());
        assertThat(turned.outcome()).isEqualTo(Outcome.A);
        assertThat(turned.a()).isEqualTo(straight.a());
    }

    @Test
    void aPickAmongFourPrefersOneToThreeOthers() {
        List<Example> examples =
                examples(said(FOUR, RATER, pick(FOUR, 2)), served(FOUR, "asker", true));

        assertThat(examples)
                .extracting(PairingTest::summary)
                .containsExactlyInAnyOrder("0<2", "1<2", "2>3");
    }

    @Test
    void aTieStays() {
        List<Example> examples =
                examples(
                        said(TWO, RATER, pick(all(TWO), Verdict.TIE, -1)),
                        served(TWO, "asker", true));

        assertThat(examples).extracting(PairingTest::summary).containsExactly("0=1");
    }

    @Test
    void bothBadIsATieAndALowRatingForEach() {
        List<Example> examples =
                examples(
                        said(TWO, RATER, pick(all(TWO), Verdict.BOTH_BAD, -1)),
                        served(TWO, "asker", true));

        assertThat(examples)
                .extracting(PairingTest::summary)
                .containsExactly("0=1", "0 is 0.0", "1 is 0.0");
    }

    @Test
    void thumbsAndRatingsAreScoresOfOneAnswer() {
        ChoiceRef second = new ChoiceRef(TWO, 1);
        CompletionServed completion = served(TWO, "asker", true);

        assertThat(examples(said(TWO, RATER, thumb(TWO, 1, true)), completion))
                .extracting(PairingTest::summary)
                .containsExactly("1 is 1.0");
        assertThat(examples(said(TWO, RATER, thumb(TWO, 1, false)), completion))
                .extracting(PairingTest::summary)
                .containsExactly("1 is 0.0");
        assertThat(examples(said(TWO, RATER, new Opinion.Rating(second, 4)), completion))
                .extracting(PairingTest::summary)
                .containsExactly("1 is 0.5");
    }

    @Test
    void aRankingBecomesEveryPair() {
        FeedbackGiven feedback =
                said(
                        FOUR,
                        RATER,
                        new Opinion.Ranking(List.of(List.of(2), List.of(0, 1), List.of(3))));

        List<Example> examples = examples(feedback, served(FOUR, "asker", true));

        assertThat(examples)
                .extracting(PairingTest::summary)
                .containsExactlyInAnyOrder("0<2", "1<2", "2>3", "0=1", "0>3", "1>3");
        assertThat(examples)
                .allSatisfy(example ->
                        assertThat(example.provenance().feedbackIds())
                                .containsExactly(feedback.id()));
    }

    @Test
    void aCorrectionIsAPreferenceAndADemonstration() {
        Opinion correction = new Opinion.Correction(new ChoiceRef(TWO, 0), "better");

        List<Example> examples = examples(said(TWO, RATER, correction), served(TWO, "asker", true));

        assertThat(examples).hasSize(2);
        Preference preference = (Preference) examples.get(0);
        assertThat(preference.a()).isEqualTo(new Response("better", null, null));
        assertThat(preference.b().text()).isEqualTo("answer 0");
        assertThat(preference.outcome()).isEqualTo(Outcome.A);
        assertThat(((Example.Demonstration) examples.get(1)).response().text()).isEqualTo("better");
    }

    @Test
    void answersOfTwoCompletionsCompareWhereTheirPromptsAreTheSame() {
        CompletionId first = Talk.id("talk", 1);
        CompletionId second = Talk.id("talk", 1);
        List<ChoiceRef> among = List.of(new ChoiceRef(first, 0), new ChoiceRef(second, 0));
        FeedbackGiven feedback = said(first, RATER, pick(among, Verdict.TIE, -1));
        CompletionServed here = served(first, "asker", true);

        Paired samePrompt = pair(feedback, here, other(second, PROMPT));
        Paired otherPrompt = pair(feedback, here, other(second, List.of(1, 3, 71, 4)));

        assertThat(((Paired.Examples) samePrompt).examples()).hasSize(1);
        assertThat(otherPrompt)
                .isEqualTo(new Paired.Fruitless("the answers are to different prompts"));
    }

    @Test
    void equalAnswersTeachNothing() {
        CompletionId first = Talk.id("talk", 1);
        CompletionId second = Talk.id("talk", 1);
        List<ChoiceRef> among = List.of(new ChoiceRef(first, 0), new ChoiceRef(second, 0));

        Paired paired =
                pair(
                        said(first, RATER, pick(among, Verdict.CHOSE, 0)),
                        served(first, "asker", true),
                        served(second, "asker", true));

        assertThat(paired).isEqualTo(new Paired.Fruitless("the answers are the same"));
    }

    @Test
    void answersThatWereCutOffAreNotCompared() {
        CompletionServed cut = served(TWO, "asker", true, PROMPT, "answer", FinishReason.CANCELLED);

        Paired paired = pair(said(TWO, RATER, pick(TWO, 0)), cut);

        assertThat(paired).isEqualTo(new Paired.Fruitless("an answer was cut off by its reader"));
    }

    @Test
    void bothConsentsAreNeeded() {
        FeedbackGiven consenting = said(TWO, RATER, pick(TWO, 0));
        FeedbackGiven declining =
                new FeedbackGiven("f", NOW, TWO, RATER, RaterKind.USER, false, pick(TWO, 0));

        assertThat(pair(consenting, served(TWO, "asker", false)))
                .isEqualTo(new Paired.Fruitless("the prompt's owner did not consent"));
        assertThat(pair(declining, served(TWO, "asker", true)))
                .isEqualTo(new Paired.Fruitless("the rater did not consent"));
    }

    @Test
    void nothingIsKeptOfACompletionWithoutConsent() {
        KeptCompletion kept = KeptCompletion.of(served(TWO, "asker", false));

        assertThat(kept).isEqualTo(KeptCompletion.withoutConsent(TWO, "asker"));
    }

    /// A completion whose answer differs from that of [Talk#served].
    private static CompletionServed other(CompletionId id, List<Integer> promptIds) {
        return served(id, "asker", true, promptIds, "another");
    }

    private static Paired pair(FeedbackGiven feedback, CompletionServed... completions) {
        Map<CompletionId, KeptCompletion> kept = new HashMap<>();
        for (CompletionServed completion : completions) {
            kept.put(completion.id(), KeptCompletion.of(completion));
        }
        return Pairing.pair(feedback, kept);
    }

    private static List<Example> examples(FeedbackGiven feedback, CompletionServed completion) {
        return ((Paired.Examples) pair(feedback, completion)).examples();
    }

    private static Preference preference(List<Example> examples) {
        assertThat(examples).hasSize(1);
        return (Preference) examples.getFirst();
    }

    /// `0<2`: answer 2 is better than answer 0.
    private static String summary(Example example) {
        return switch (example) {
            case Preference preference ->
                    number(preference.a())
                            + switch (preference.outcome()) {
                                case A -> ">";
                                case B -> "<";
                                case TIE -> "=";
                            }
                            + number(preference.b());
            case Rated rated -> number(rated.response()) + " is " + rated.score();
            case Example.Demonstration _, Example.Critique _, Example.Withdrawn _ ->
                    example.toString();
        };
    }

    private static String number(Response response) {
        return response.text().substring("answer ".length());
    }
}
