package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.trainer.ppo.JudgeWatch.Look;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeWatchTest {
    private final JudgeWatch watch = new JudgeWatch(3, 2, 0.5);

    @Test
    void looksEverySoManySteps() {
        assertThat(watch.due(0)).isTrue();
        assertThat(watch.due(2)).isFalse();
        assertThat(watch.due(3)).isTrue();
        assertThat(JudgeWatch.off().due(0)).isFalse();
    }

    @Test
    void stopsWhereTheJudgeFellWhileTheCoachRose() {
        // start (0, 0.2), now (1, -0.4)
        List<Look> looks =
                List.of(
                        new Look(-0.1, 0.1),
                        new Look(0.1, 0.3),
                        new Look(0.8, -0.3),
                        new Look(1.2, -0.5));

        assertThat(watch.diagnose(looks))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .contains(
                                        "fell from 0.20 to -0.40, by more than ppo.watch.drop = 0.50, while the coach's rose from 0.00 to 1.00"));
        assertThat(watch.gap(looks)).isCloseTo(1.2 + 0.7, within(1e-9));
        assertThat(watch.diagnose(looks.subList(0, 3))).isEmpty();
    }

    @Test
    void goesOnWhereBothFallOrTheJudgeFallsLittle() {
        Look start = new Look(0, 0);
        Look bothFell = new Look(-0.1, -2);
        Look little = new Look(2, -0.5);

        assertThat(watch.diagnose(List.of(start, start, bothFell, bothFell))).isEmpty();
        assertThat(watch.diagnose(List.of(start, start, little, little))).isEmpty();
    }

    @Test
    void goesBackToWhereTheJudgeLikedItNoLessThanAtTheStart() {
        Look start = new Look(0, 0);

        assertThat(watch.content(List.of())).isTrue();
        assertThat(watch.content(List.of(start, new Look(0, -1)))).isTrue();
        assertThat(watch.content(List.of(start, start, new Look(1, 0)))).isTrue();
        assertThat(watch.content(List.of(start, start, new Look(1, -0.1)))).isFalse();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new JudgeWatch(-1, 1, 0.5)).hasMessageContaining("got -1, 1 and");
        assertThatThrownBy(() -> new JudgeWatch(1, 1, Double.NaN))
                .hasMessageContaining("drop above");
    }
}
