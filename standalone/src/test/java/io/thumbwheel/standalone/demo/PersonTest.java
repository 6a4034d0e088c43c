package io.thumbwheel.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.standalone.preference.Preference.Answer;
import io.thumbwheel.standalone.preference.Preference.Pick;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PersonTest {
    private static final Answer LONG = new Answer("a long answer", true);
    private static final Answer SHORT = new Answer("short", true);

    private final Chance chance = new Chance(7);

    @Test
    void aQuarterOfThePicksIsFlipped() {
        assertThat(picksOfTheLongOne(Control.OFF)).isCloseTo(0.75, within(0.02));
    }

    @Test
    void invertedPeoplePickWhatTheyDislike() {
        assertThat(picksOfTheLongOne(Control.INVERTED)).isCloseTo(0.25, within(0.02));
    }

    @Test
    void randomPicksKnowNothing() {
        assertThat(picksOfTheLongOne(Control.RANDOM)).isCloseTo(0.5, within(0.02));
    }

    @Test
    void aTieStaysATie() {
        Person person = new Person(new LengthPreference(), Control.OFF, 6);

        assertThat(IntStream.range(0, 100))
                .allMatch(i -> person.pick("p", LONG, LONG, chance.of("tie", i)).equals(Pick.TIE));
    }

    @Test
    void thumbsFollowTheThresholdWithTheSameNoise() {
        Person person = new Person(new LengthPreference(), Control.OFF, 6);

        assertThat(share(i -> person.likes("p", LONG, chance.of("thumb", i))))
                .isCloseTo(0.75, within(0.02));
        assertThat(share(i -> person.likes("p", SHORT, chance.of("thumb", i))))
                .isCloseTo(0.25, within(0.02));
    }

    private double picksOfTheLongOne(Control control) {
        Person person = new Person(new LengthPreference(), control, 6);
        return share(i -> person.pick("p", LONG, SHORT, chance.of("pick", i)) == Pick.A);
    }

    private static double share(IntPredicate event) {
        return IntStream.range(0, 10_000).filter(event).count() / 10_000.0;
    }
}
