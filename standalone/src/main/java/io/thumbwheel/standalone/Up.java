package io.thumbwheel.standalone;

import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Endpoints;
import io.thumbwheel.standalone.platform.Platform;
import io.thumbwheel.standalone.platform.PlatformConfig;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `up`: runs the platform until Ctrl-C or SIGTERM.
@Command(
        name = "up",
        description = "Runs the platform on this machine until Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true,
        version = Standalone.VERSION)
final class Up implements Callable<Integer> {
    @Mixin private final PlatformOptions options = new PlatformOptions();

    @Option(
            names = "--refresh-after",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "begin a refresh after N new comparisons of training raters (default: only on request)")
    private int refreshAfter;

    @Option(
            names = "--refresh-every",
            paramLabel = "DURATION",
            description =
                    "begin a refresh so long after the last one began, as in PT1H, where comparisons are new (default: only on request)")
    private @Nullable Duration refreshEvery;

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws CannotRunException {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        PrintWriter out = commandLine.getOut();
        PlatformConfig config = options.config("data").with(refreshing(commandLine));
        Console console = new Console(out, System.console() != null);
        try (Platform platform = Platform.prepare(config, console::line)) {
            ShutdownOrder.closeAtEnd(platform);
            console.line("starting on " + platform.folder());
            platform.start();
            show(platform, console);
            throw new CannotRunException(platform.failure().join());
        }
    }

    private PlatformConfig.Refreshing refreshing(CommandLine commandLine) {
        try {
            return new PlatformConfig.Refreshing(refreshAfter, refreshEvery);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    commandLine, String.valueOf(e.getMessage()), e);
        }
    }

    private static void show(Platform platform, Console console) {
        Endpoints endpoints = platform.endpoints();
        console.line("");
        console.line("  chat      " + endpoints.serving() + "/");
        console.line("  feedback  " + endpoints.feedback() + "/v1/feedback");
        console.line("  trainer   " + endpoints.trainer() + "/v1/runs");
        console.line("");
        endpoints.keys().forEach((name, key) -> console.line("  %-9s %s".formatted(name, key)));
        console.line("");
        console.line("  all of it is in " + platform.folder().resolve("endpoints.json"));
        console.line("  try: " + example(endpoints));
        console.line("Ctrl-C stops it.");
    }

    private static String example(Endpoints endpoints) {
        return "curl -s %s/v1/chat/completions -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' -d '%s'"
                .formatted(
                        endpoints.serving(),
                        endpoints.key("chat"),
                        "{\"model\":\"policy\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story about a dog.\"}]}");
    }
}
