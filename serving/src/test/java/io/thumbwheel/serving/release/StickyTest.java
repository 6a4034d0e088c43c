package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StickyTest {
    @Test
    void aConversationAlwaysHasTheSamePlace() {
        assertThat(Sticky.place("talk")).isEqualTo(Sticky.place("talk"));
        assertThat(Sticky.place("talk")).isNotEqualTo(Sticky.place("talk2"));
    }

    @Test
    void placesSpreadEvenly() {
        // 10,000 draws at p = 0.1: standard deviation 30.
        long low =
                IntStream.range(0, 10_000)
                        .filter(talk -> Sticky.place("talk-" + talk) < 0.1)
                        .count();

        assertThat((double) low).isCloseTo(1_000, within(120.0));
    }
}
