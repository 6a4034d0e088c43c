package io.thumbwheel.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();

    /// A step of 8 ms and 2 ms for each answer, with 1 to 4 of them in turn.
    private void measure(int tokens, int base, int each) {
        for (int token = 0; token < tokens; token++) {
            int answers = 1 + token % 4;
            pace.drew("r0", answers, 1_000_000L * (base + each * answers));
        }
    }

    @Test
    void moreThanWasTriedIsForeseen() {
        measure(400, 8, 2);

        // Alone 10 ms; twice that is 20 ms. 17.5 ms are planned, and 4 take 16.
        assertThat(pace.most(2)).isEqualTo(4);
        assertThat(pace.most(1.5)).isEqualTo(2);
        assertThat(pace.most(3)).isEqualTo(8);
        assertThat(pace.most(1)).isEqualTo(1);
    }

    @Test
    void untilEnoughIsKnownNothingIsHeldBack() {
        measure(100, 8, 2);

        assertThat(pace.most(2)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void withOneCountOfAnswersNothingCanBeSaid() {
        for (int token = 0; token < 1_000; token++) {
            pace.drew("r0", 4, 1_000_000L * (8 + token % 3));
        }

        assertThat(pace.most(2)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void whatWasSlowOnceFades() {
        measure(1_000, 80, 80);
        measure(20_000, 8, 2);

        assertThat(pace.most(2)).isEqualTo(4);
    }

    @Test
    void whereNothingIsLearnedOneMoreIsTried() {
        measure(1_000, 8, 40); // alone 48 ms; one more costs nearly as much

        assertThat(pace.most(2)).isEqualTo(1);
        for (int token = 0; token < 8_000; token++) {
            pace.drew("r0", 1, 1_000_000L * 10);
        }
        assertThat(pace.most(2)).isGreaterThan(1);
    }

    @Test
    void aloneIsWhatItWasWithoutLoad() {
        quietly(2_000, 8, 2);
        assertThat(pace.most(2)).isEqualTo(4);
        measure(500_000, 20, 2); // something else takes 12 ms of each step, for long

        // Alone 10 ms, of which 17.5 or 25 are planned; one takes 22 by now, two take 24.
        assertThat(pace.most(2)).isEqualTo(1);
        assertThat(pace.most(3)).isEqualTo(2);
    }

    @Test
    void aMachineThatHasBecomeSlowerIsWhatPeopleAreUsedToInTheEnd() {
        quietly(2_000, 8, 2);
        quietly(2_000, 20, 4);
        assertThat(pace.most(2)).as("one takes 24 ms, and 17.5 are planned").isEqualTo(1);

        quietly(50_000, 20, 4);

        // Alone 24 ms, of which 42 are planned; 5 take 40.
        assertThat(pace.most(2)).isEqualTo(5);
    }

    /// Hardly two at a time.
    private void quietly(int tokens, int base, int each) {
        for (int token = 0; token < tokens; token++) {
            int answers = token % 10 == 0 ? 2 : 1;
            pace.drew("r0", answers, 1_000_000L * (base + each * answers));
        }
    }

    @Test
    void anotherReleaseHasAPaceOfItsOwn() {
        measure(400, 8, 2);
        pace.drew("r1", 1, 1_000_000_000);

        assertThat(pace.most(2)).isEqualTo(Integer.MAX_VALUE);
    }
}
