package io.thumbwheel.standalone.demo;

import java.nio.file.Path;
import java.time.Duration;

/// What a demo does.
///
/// @param seed of prompts, people and samplers
/// @param refreshes how many refreshes
/// @param firstRound comparisons before the first refresh
/// @param laterRound comparisons before each later one
/// @param closingRound comparisons of the last release with r0 after the last refresh
/// @param steps PPO steps of a refresh; 0 leaves it to the trainer
/// @param refreshConfig part of a refresh's configuration, JSON; empty leaves it to the trainer
/// @param control what people do
/// @param report folder of `report.json`
/// @param limit time for all of it
public record DemoConfig(
        long seed,
        int refreshes,
        int firstRound,
        int laterRound,
        int closingRound,
        int steps,
        String refreshConfig,
        Control control,
        Path report,
        Duration limit) {
    /// People.
    static final int RATERS = 40;

    /// Longest answer, tokens.
    static final int MAX_TOKENS = 48;

    /// Picks that go wrong: the best that agreement can be is 75%.
    static final double FLIPPED = 0.25;

    /// Comparisons that show the serving release against r0.
    static final double AGAINST_R0 = 0.15;

    /// Comparisons that come with a thumb.
    static final double WITH_THUMB = 0.2;

    /// People who ask at the same time.
    static final int AT_ONCE = 16;

    public DemoConfig {
        if (refreshes < 1 || refreshes > 20 || firstRound < 1 || laterRound < 1 || steps < 0) {
            throw new IllegalArgumentException(
                    "a demo needs 1 to 20 refreshes, rounds of at least 1 comparison and steps of at least 0, got %d, %d, %d, %d"
                            .formatted(refreshes, firstRound, laterRound, steps));
        }
    }
}
