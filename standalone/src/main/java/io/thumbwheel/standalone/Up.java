package io.thumbwheel.standalone;

import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Endpoints;
import io.thumbwheel.standalone.platform.Platform;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `up`: runs the platform until Ctrl-C or SIGTERM.
@Command(
        name = "up",
        description = "Runs the platform on this machine until Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true,
        version = Standalone.VERSION)
final class Up implements Callable<Integer> {
    @Mixin private final PlatformOptions options = new PlatformOptions();

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws CannotRunException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Console console = new Console(out, System.console() != null);
        try (Platform platform = Platform.prepare(options.config("data"), console::line)) {
            ShutdownOrder.closeAtEnd(platform);
            console.line("starting on " + platform.folder());
            platform.start();
            show(platform, console);
            throw new CannotRunException(platform.failure().join());
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
