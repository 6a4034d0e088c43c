package io.thumbwheel.standalone;

import io.thumbwheel.standalone.preference.CommandPreference;
import io.thumbwheel.standalone.preference.Preference;
import io.thumbwheel.standalone.preference.PreferenceFailedException;
import io.thumbwheel.standalone.preference.Preferences;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Options that say what the simulated people like.
final class PreferenceOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--preference",
            paramLabel = "NAME",
            description =
                    "what the people like: happy-ending, animals, length, length:WORDS (default: happy-ending)")
    private @Nullable String name;

    @Option(
            names = "--preference-command",
            paramLabel = "CMD",
            description =
                    "a program that judges: reads lines {\"prompt\",\"a\",\"b\"}, answers each with a line {\"pick\":\"a\"|\"b\"|\"tie\",\"score_a\":x,\"score_b\":y}")
    private @Nullable String command;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.@Nullable CommandSpec mixee;

    /// The preference that the options name; whoever asks closes it.
    Preference preference() {
        try {
            if (command == null) {
                return Preferences.named(name == null ? Preferences.names().getFirst() : name);
            }
            if (name == null) {
                return new CommandPreference(command, PATIENCE);
            }
        } catch (IllegalArgumentException | PreferenceFailedException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        throw wrong("give --preference or --preference-command, not both");
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(
                Objects.requireNonNull(mixee).commandLine(), message);
    }
}
