package io.thumbwheel.standalone;

import io.thumbwheel.standalone.demo.Control;
import io.thumbwheel.standalone.demo.DemoConfig;
import io.thumbwheel.standalone.demo.DemoFailedException;
import io.thumbwheel.standalone.demo.DemoProtocol;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Platform;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.preference.Preference;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `demo`: the platform with simulated people, and whether it learns what they like.
@Command(
        name = "demo",
        description =
                "Runs the platform with simulated people and shows that it learns what they like.",
        mixinStandardHelpOptions = true,
        version = Standalone.VERSION,
        footer =
                "Exit code 0: the last promoted release beats r0 and no request failed (controls: they hold).")
final class Demo implements Callable<Integer> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Mixin private final PlatformOptions platformOptions = new PlatformOptions();

    @Mixin private final PreferenceOptions preferenceOptions = new PreferenceOptions();

    @Option(
            names = "--refreshes",
            paramLabel = "N",
            defaultValue = "3",
            description = "refreshes, 1 to 20 (default: ${DEFAULT-VALUE})")
    private int refreshes;

    @Option(
            names = "--first-round",
            paramLabel = "N",
            defaultValue = "900",
            description = "comparisons before the first refresh (default: ${DEFAULT-VALUE})")
    private int firstRound;

    @Option(
            names = "--later-round",
            paramLabel = "N",
            defaultValue = "600",
            description = "comparisons before each later refresh (default: ${DEFAULT-VALUE})")
    private int laterRound;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "0",
            description = "PPO steps of a refresh (default: the trainer's)")
    private int steps;

    @Option(
            names = "--refresh-config",
            paramLabel = "JSON",
            description =
                    "part of a refresh's configuration, as POST /v1/refresh takes it in field config")
    private @Nullable String refreshConfig;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "of prompts, people and samplers (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--control",
            paramLabel = "WHAT",
            defaultValue = "off",
            description =
                    "a run whose outcome is known: random picks, inverted picks, none at all (${COMPLETION-CANDIDATES})")
    private Control control = Control.OFF;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "folder of report.json (default: the data folder)")
    private @Nullable Path report;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "15",
            description = "time limit (default: ${DEFAULT-VALUE})")
    private int minutes;

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws CannotRunException, DemoFailedException, InterruptedException {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        Clock clock = Clock.systemUTC();
        Preference likes = preferenceOptions.preference();
        String name =
                "data/demo-%s-%s"
                        .formatted(likes.name().replace(':', '-'), STAMP.format(clock.instant()));
        PlatformConfig config = platformOptions.config(name);
        DemoConfig demo = config(commandLine, report == null ? config.data() : report);
        Console console = new Console(commandLine.getOut(), System.console() != null);
        try (likes;
                Platform platform = Platform.prepare(config, console::line)) {
            if (platform.hasReleases()) {
                throw new CannotRunException(
                        "a demo starts from r0, and %s has releases already: give a new folder with --data DIR"
                                .formatted(platform.folder()));
            }
            ShutdownOrder.closeAtEnd(platform);
            console.line("starting a platform on " + platform.folder());
            platform.start();
            console.line("chat with it meanwhile: " + platform.endpoints().serving() + "/");
            boolean passed = new DemoProtocol(demo, likes, platform, clock, console).run();
            console.line("go on from it: ./thumbwheel up --data " + platform.folder());
            return passed ? 0 : 1;
        }
    }

    private DemoConfig config(CommandLine commandLine, Path folder) {
        try {
            return new DemoConfig(
                    seed,
                    refreshes,
                    firstRound,
                    laterRound,
                    Math.min(120, laterRound),
                    steps,
                    refreshConfig == null ? "" : refreshConfig,
                    control,
                    folder,
                    Duration.ofMinutes(minutes));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    commandLine, String.valueOf(e.getMessage()), e);
        }
    }
}
