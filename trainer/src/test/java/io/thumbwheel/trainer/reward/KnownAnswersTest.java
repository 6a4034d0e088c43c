package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownAnswersTest {
    private static final List<Answer> ANSWERS =
            List.of(
                    new Answer(List.of(1, 2), List.of(7)),
                    new Answer(List.of(1, 2), List.of(8)),
                    new Answer(List.of(1, 3), List.of(8)));
    private static final Reward LEARNED = _ -> new double[] {2, 2, 2};

    private final KnownAnswers known =
            new KnownAnswers(
                    Map.of(List.of(1, 2), List.of("Paris")),
                    ids -> ids.equals(List.of(7)) ? "Paris" : "Rome");

    @Test
    void promptsWithAKnownAnswerGetTheGradeByItsWeight() {
        assertThat(known.mixedInto(LEARNED, 0.25).scores(ANSWERS)).containsExactly(1.75, 0.5, 2);
        assertThat(known.mixedInto(LEARNED, 1).scores(ANSWERS)).containsExactly(1, -4, 2);
    }

    @Test
    void withoutWeightOrKnowledgeTheLearnedRewardStays() {
        assertThat(known.mixedInto(LEARNED, 0)).isSameAs(LEARNED);
        assertThat(KnownAnswers.NONE.mixedInto(LEARNED, 0.5)).isSameAs(LEARNED);
    }
}
