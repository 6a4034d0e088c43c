package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.preference.Preference;
import io.thumbwheel.standalone.preference.Preference.Answer;
import io.thumbwheel.standalone.preference.Preference.Pick;
import java.util.random.RandomGenerator;

/// How simulated people judge: by the preference, and wrong now and then.
///
/// @param preference what they like
/// @param control what they do about it
/// @param threshold the score from which on an answer gets a thumb up
record Person(Preference preference, Control control, double threshold) {
    /// Which of two answers they say is better.
    Pick pick(String prompt, Answer a, Answer b, RandomGenerator chance) {
        Pick honest = preference.compare(prompt, a, b).pick();
        boolean slip = chance.nextDouble() < DemoConfig.FLIPPED;
        boolean coin = chance.nextBoolean();
        return switch (control) {
            case OFF, NONE -> slip ? other(honest) : honest;
            case INVERTED -> slip ? honest : other(honest);
            case RANDOM -> coin ? Pick.A : Pick.B;
        };
    }

    /// Whether an answer gets a thumb up.
    boolean likes(String prompt, Answer answer, RandomGenerator chance) {
        boolean honest = preference.score(prompt, answer) >= threshold;
        boolean slip = chance.nextDouble() < DemoConfig.FLIPPED;
        boolean coin = chance.nextBoolean();
        return switch (control) {
            case OFF, NONE -> honest != slip;
            case INVERTED -> honest == slip;
            case RANDOM -> coin;
        };
    }

    private static Pick other(Pick pick) {
        return switch (pick) {
            case A -> Pick.B;
            case B -> Pick.A;
            case TIE -> Pick.TIE;
        };
    }
}
