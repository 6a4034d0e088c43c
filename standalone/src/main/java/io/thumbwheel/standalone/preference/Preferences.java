package io.thumbwheel.standalone.preference;

import java.util.List;

/// The preferences that come with the demo, by name.
public final class Preferences {
    private static final int TARGET_WORDS = 20;

    private Preferences() {}

    /// What `--preference` accepts.
    public static List<String> names() {
        return List.of("happy-ending", "animals", "length");
    }

    /// The preference of a name: `happy-ending`, `animals`, `length` or `length:WORDS`.
    ///
    /// @throws IllegalArgumentException where there is none
    public static Preference named(String name) {
        if (name.equals("happy-ending")) {
            return new HappyEnding();
        }
        if (name.equals("animals")) {
            return new Animals();
        }
        if (name.equals("length")) {
            return new Length(TARGET_WORDS);
        }
        if (name.matches("length:[1-9][0-9]{0,2}")) {
            return new Length(Integer.parseInt(name.substring("length:".length())));
        }
        throw new IllegalArgumentException(
                "no preference '%s': use one of %s, length:WORDS, or --preference-command"
                        .formatted(name, String.join(", ", names())));
    }
}
