package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void dependOnSeedPurposeAndStepAlone() {
        Seeds seeds = new Seeds(7);

        assertThat(seeds.at("rollout", 3)).isEqualTo(new Seeds(7).at("rollout", 3));
        assertThat(
                        List.of(
                                seeds.at("rollout", 3),
                                seeds.at("rollout", 4),
                                seeds.at("prompts", 3),
                                new Seeds(8).at("rollout", 3)))
                .doesNotHaveDuplicates();
    }

    @Test
    void cycleThroughAllItemsBeforeRepeatingOne() {
        List<String> items = List.of("a", "b", "c", "d", "e");

        List<String> drawn = new Seeds(1).cycled("prompts", items, 0, 10);

        assertThat(drawn.subList(0, 5)).containsExactlyInAnyOrderElementsOf(items);
        assertThat(drawn.subList(5, 10)).containsExactlyInAnyOrderElementsOf(items);
    }

    @Test
    void aCycleCanBeJoinedAnywhere() {
        List<Integer> items = List.of(1, 2, 3, 4, 5, 6, 7);
        Seeds seeds = new Seeds(3);

        assertThat(seeds.cycled("prompts", items, 5, 6))
                .isEqualTo(seeds.cycled("prompts", items, 0, 11).subList(5, 11));
    }
}
