package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PaddedBatchTest {

    @Test
    void knowsWhereTheResponseTokensStand() {
        PaddedBatch batch =
                PaddedBatch.of(
                        List.of(
                                new Answer(List.of(1, 7), List.of(8, 9, 2)),
                                new Answer(List.of(1), List.of(6, 2))),
                        0);

        assertThat(batch.rows()).isEqualTo(2);
        assertThat(batch.seq()).isEqualTo(5);
        assertThat(batch.tokenIds()).containsExactly(1, 7, 8, 9, 2, 1, 6, 2, 0, 0);
        assertThat(batch.lastPositions()).containsExactly(4, 7);
        assertThat(batch.beforePositions()).containsExactly(1, 2, 3, 5, 6);
        assertThat(batch.responseIds()).containsExactly(8, 9, 2, 6, 2);
    }

    @Test
    void answersOfLikeLengthAreTogether() {
        List<Answer> answers =
                List.of(
                        new Answer(List.of(1, 7), List.of(8, 9, 2)),
                        new Answer(List.of(1), List.of(2)),
                        new Answer(List.of(1), List.of(6, 2)));

        assertThat(PaddedBatch.byLength(answers, 2)).containsExactly(List.of(1, 2), List.of(0));
        assertThat(PaddedBatch.byLength(List.of(), 2)).isEmpty();
    }
}
