package io.thumbwheel.standalone.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a platform on one machine runs on.
///
/// @param home folder of the built project: `serving/target/quarkus-app` and its sisters
/// @param data folder of all state; made where missing
/// @param policy Hugging Face folder that becomes release r0 where the store is empty
/// @param ports where it listens
/// @param refreshing when the trainer begins refreshes by itself
/// @param serving settings of serving beside its defaults, as environment variables
public record PlatformConfig(
        Path home,
        Path data,
        Path policy,
        PortPlan ports,
        Refreshing refreshing,
        Map<String, String> serving) {
    private static final List<String> POLICY_FILES =
            List.of("config.json", "tokenizer.json", "model.safetensors");

    public PlatformConfig {
        serving = Map.copyOf(serving);
    }

    /// The same on another data folder.
    public PlatformConfig in(Path folder) {
        return new PlatformConfig(home, folder, policy, ports, refreshing, serving);
    }

    /// The same with refreshes that begin by themselves.
    public PlatformConfig with(Refreshing other) {
        return new PlatformConfig(home, data, policy, ports, other, serving);
    }

    /// The same with other settings of serving.
    public PlatformConfig withServing(Map<String, String> settings) {
        return new PlatformConfig(home, data, policy, ports, refreshing, settings);
    }

    /// Refreshes that nobody asks for.
    ///
    /// @param afterComparisons new comparisons of training raters after which one begins; 0: never
    /// @param every time after which one begins; null: never
    public record Refreshing(int afterComparisons, @Nullable Duration every) {
        /// Only those that are asked for.
        public static final Refreshing ON_REQUEST = new Refreshing(0, null);

        public Refreshing {
            if (afterComparisons < 0 || every != null && !every.isPositive()) {
                throw new IllegalArgumentException(
                        "--refresh-after takes a number of comparisons, 0 for never, and --refresh-every a time above 0, as in PT1H; got %d and %s"
                                .formatted(afterComparisons, every));
            }
        }

        /// For the trainer's environment; empty is never.
        Map<String, String> environment() {
            return Map.of(
                    "THUMBWHEEL_REFRESH_AFTER_COMPARISONS",
                    String.valueOf(afterComparisons),
                    "THUMBWHEEL_REFRESH_EVERY",
                    every == null ? "" : every.toString());
        }
    }

    /// Checks what a person can get wrong.
    ///
    /// @throws CannotRunException says what is wrong and what to do
    void check() throws CannotRunException {
        for (String service : List.of("serving", "feedback", "trainer")) {
            if (!Files.isRegularFile(jar(service))) {
                throw new CannotRunException(
                        "%s is not built (%s is missing): run ./thumbwheel up, which builds it"
                                .formatted(service, jar(service)));
            }
        }
        for (String file : POLICY_FILES) {
            if (!Files.isRegularFile(policy.resolve(file))) {
                throw new CannotRunException(
                        "%s is not a policy: it has no %s; give a Llama-family Hugging Face folder with --policy DIR"
                                .formatted(policy, file));
            }
        }
    }

    /// The trainer's command `arguments`, not started yet; it ends with its standard input.
    public ProcessBuilder trainer(String... arguments) {
        return Children.trainerCommand(this, arguments);
    }

    Path jar(String service) {
        return home.resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
    }
}
