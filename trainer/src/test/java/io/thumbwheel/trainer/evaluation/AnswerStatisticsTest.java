package io.thumbwheel.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerStatisticsTest {

    @Test
    void twoAnswersByHand() {
        // bigrams: 5-6, 6-2 and 5-6, 6-5: three different of four
        AnswerStatistics statistics =
                AnswerStatistics.of(List.of(List.of(5, 6, 2), List.of(5, 6, 5)), 2);

        assertThat(statistics).isEqualTo(new AnswerStatistics(3, 0.5, 0.75));
    }

    @Test
    void diversityIsComparedOverEqualCounts() {
        List<List<Integer>> answers = List.of(List.of(5, 6, 2), List.of(5, 6, 5));

        assertThat(AnswerStatistics.bigrams(answers)).isEqualTo(4);
        assertThat(AnswerStatistics.of(answers, 2, 2).distinct2()).isEqualTo(1);
        assertThat(AnswerStatistics.of(answers, 2, 3).distinct2()).isEqualTo(2 / 3.0);
    }
}
