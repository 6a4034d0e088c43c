package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContestTest {
    private static final Answer ANY = new Answer(List.of(1), List.of(2));

    @Test
    void aPromptsContestsWeighAsMuchAsItsOpinion() {
        List<Opinion> opinions =
                List.of(
                        new Opinion.Thumb(ANY, true, 1, "r"),
                        new Opinion.Ranking(List.of(ANY, ANY, ANY), 1.5, "r"),
                        new Opinion.Pick(List.of(ANY, ANY, ANY), 2, 1, "s"));

        assertThat(Contest.compared(opinions))
                .containsExactly(
                        new Contest(1, 2, 1, 0.5, "r"),
                        new Contest(1, 3, 1, 0.5, "r"),
                        new Contest(2, 3, 1, 0.5, "r"),
                        new Contest(6, 4, 1, 0.5, "s"),
                        new Contest(6, 5, 1, 0.5, "s"));
    }

    @Test
    void oppositeThumbsOfOneRaterMeetOnce() {
        List<Opinion> opinions =
                List.of(
                        new Opinion.Thumb(ANY, true, 1, "r"),
                        new Opinion.Thumb(ANY, true, 1, "s"),
                        new Opinion.Thumb(ANY, false, 0.5, "r"),
                        new Opinion.Thumb(ANY, true, 1, "r"),
                        new Opinion.Rating(ANY, -1, 1, "r"),
                        new Opinion.Rating(ANY, 1, 1, "r"));

        assertThat(Contest.matched(opinions))
                .containsExactly(new Contest(3, 2, 1, 0.75, "r"), new Contest(5, 4, 1, 1, "r"));
    }
}
