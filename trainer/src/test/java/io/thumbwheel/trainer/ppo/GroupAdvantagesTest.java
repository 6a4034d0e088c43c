package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupAdvantagesTest {

    @Test
    void leavesEachAnswerOutOfItsOwnBaseline() {
        // 1 - (2 + 6) / 2, 2 - (1 + 6) / 2, 6 - (1 + 2) / 2
        assertThat(GroupAdvantages.leaveOneOut(new double[] {1, 2, 6}))
                .containsExactly(new double[] {-3, -1.5, 4.5}, within(1e-12));
    }

    @Test
    void standardisesByTheGroupsDeviation() {
        // mean 3, deviation 2
        assertThat(GroupAdvantages.standardised(new double[] {1, 3, 5}))
                .containsExactly(new double[] {-1, 0, 1}, within(1e-4));
    }

    @Test
    void anAnswerAlikeTheOthersTeachesNothing() {
        assertThat(GroupAdvantages.leaveOneOut(new double[] {2, 2})).containsExactly(0, 0);
        assertThat(GroupAdvantages.standardised(new double[] {2, 2})).containsExactly(0, 0);
    }

    @Test
    void groupsGoAcrossMicrobatchesAndKlCostsReward() {
        List<Integer> one = List.of(1, 5);
        List<Integer> other = List.of(1, 6);
        // KL 2 on the first answer to `one`, 0 elsewhere
        Experience.Evaluated first =
                evaluated(one, other, new double[] {4, 10}, new float[] {2, 0});
        Experience.Evaluated second =
                evaluated(other, one, new double[] {6, 1}, new float[] {0, 0});

        List<double[]> advantages = GroupAdvantages.of(List.of(first, second), 0.5, Estimator.RLOO);

        // `one`: 4 - 0.5 * 2 against 1; `other`: 10 against 6
        assertThat(advantages.get(0)).containsExactly(2, 4);
        assertThat(advantages.get(1)).containsExactly(-4, -2);
    }

    /// Two answers of one token each.
    private static Experience.Evaluated evaluated(
            List<Integer> prompt, List<Integer> otherPrompt, double[] scores, float[] kl) {
        List<Answer> answers =
                List.of(new Answer(prompt, List.of(2)), new Answer(otherPrompt, List.of(2)));
        return new Experience.Evaluated(
                answers,
                PaddedBatch.of(answers, 0),
                Optional.empty(),
                scores,
                kl,
                new float[2],
                new float[2],
                new float[2]);
    }
}
