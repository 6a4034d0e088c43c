package io.thumbwheel.trainer.card;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CopyRateTest {
    private static final String THIRTEEN =
            "one two three four five six seven eight nine ten Lily met Tom";

    @Test
    void runsOfThirteenWordsAreFoundWhateverTheNames() {
        // The first answer has 2 runs, of which the text has the first; the second has 1; the third
        // is too short.
        var copies =
                new CopyRate(
                        List.of(THIRTEEN + " there", "a b c d e f g h i j k l m", "one two three"));

        copies.read("Zero. One, two, three four five six seven eight nine ten Mia met Ben! Yes.");
        copies.read("one two three");

        assertThat(copies.ofRuns()).isEqualTo(1 / 3.0);
        assertThat(copies.ofAnswers()).isEqualTo(1 / 2.0);
    }

    @Test
    void shorterRunsAreNoCopies() {
        var copies = new CopyRate(List.of(THIRTEEN));

        copies.read("one two three four five six seven eight nine ten Lily met nobody");

        assertThat(copies.ofRuns()).isZero();
        assertThat(new CopyRate(List.of()).ofAnswers()).isZero();
    }
}
