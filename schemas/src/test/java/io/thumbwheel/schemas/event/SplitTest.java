package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SplitTest {
    @Test
    void theSplitOfARaterNeverChanges() {
        assertThat(Split.ofRater("0123456789abcdef0123456789abcdef")).isEqualTo(Split.TRAIN);
    }

    @Test
    void sevenTenthsTrain() {
        Map<Split, Integer> counts = new EnumMap<>(Split.class);
        for (int rater = 0; rater < 20_000; rater++) {
            counts.merge(Split.ofRater("rater-" + rater), 1, Integer::sum);
        }

        assertThat(counts.get(Split.TRAIN)).isCloseTo(14_000, within(300));
        assertThat(counts.get(Split.VALIDATION)).isCloseTo(3_000, within(200));
        assertThat(counts.get(Split.TEST)).isCloseTo(3_000, within(200));
    }
}
