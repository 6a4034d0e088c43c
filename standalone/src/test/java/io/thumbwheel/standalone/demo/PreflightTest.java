package io.thumbwheel.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.standalone.client.Completion.Written;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreflightTest {
    @Test
    void tiesAndTheGainOfTheBestOfEightAreCounted() {
        // Lengths 1 1 2 3 4 5 6 10: one tie in four pairs, mean 4, variance 72 / 8 - ... = 8.
        Preflight preflight = preflight(1, 1, 2, 3, 4, 5, 6, 10);

        assertThat(preflight.ties()).isEqualTo(0.25);
        assertThat(preflight.bestOf8Gain()).isCloseTo((10 - 4) / Math.sqrt(8), within(1e-9));
        assertThat(preflight.median()).isEqualTo(4);
        assertThat(preflight.best()).singleElement().extracting(Written::tokens).isEqualTo(10);
        assertThat(preflight.passes()).isTrue();
    }

    @Test
    void aPreferenceThatMostlyTiesDoesNotPass() {
        assertThat(preflight(3, 3, 3, 3, 3, 4, 3, 3).passes()).isFalse();
    }

    private static Preflight preflight(int... lengths) {
        List<Written> answers =
                IntStream.of(lengths)
                        .mapToObj(length -> new Written("x".repeat(length), true, length))
                        .toList();
        return Preflight.of(new LengthPreference(), List.of("p"), List.of(answers));
    }
}
