package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.Traffic;
import io.thumbwheel.standalone.demo.DemoRun.Access;
import io.thumbwheel.standalone.demo.DemoRun.Crowd;
import io.thumbwheel.standalone.platform.Platform;
import io.thumbwheel.standalone.preference.Preference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// The demo on a platform that runs, with its report: what the command line calls.
public final class DemoProtocol {
    /// The API key that simulated people come with.
    private static final String KEY = "simulated";

    private final DemoConfig config;
    private final Preference preference;
    private final Platform platform;
    private final Clock clock;
    private final Display display;

    public DemoProtocol(
            DemoConfig config,
            Preference preference,
            Platform platform,
            Clock clock,
            Display display) {
        this.config = config;
        this.preference = preference;
        this.platform = platform;
        this.clock = clock;
        this.display = display;
    }

    /// Runs it, writes `report.json` and shows the table.
    ///
    /// @return whether it showed what it should
    public boolean run() throws DemoFailedException, InterruptedException {
        Traffic traffic = new Traffic();
        try (ApiClient api = new ApiClient(platform.endpoints(), KEY, traffic)) {
            Prompts prompts = Prompts.read(new Chance(config.seed()));
            List<String> names = Raters.names(platform.keys(), KEY);
            Crowd crowd =
                    new Crowd(
                            names,
                            prompts.known(),
                            prompts.unseen(),
                            Raters.training(platform.keys(), KEY));
            Access access =
                    new Access(
                            api,
                            traffic,
                            new SwapLog(platform.endpoints().kafka()),
                            new SftOnChosen(platform, config.seed()));
            Report report = new DemoRun(config, preference, crowd, access, clock, display).run();
            Path file = report.write(config.report());
            display.line("");
            ResultTable.lines(report).forEach(display::line);
            display.line("report: " + file);
            return report.passed();
        } catch (ApiException e) {
            throw new DemoFailedException(
                    "%s (failed requests so far: %s)"
                            .formatted(e.getMessage(), traffic.firstReasons()),
                    e);
        } catch (IOException e) {
            throw new DemoFailedException(
                    "cannot write the report into %s: %s; give another folder with --report DIR"
                            .formatted(config.report(), e),
                    e);
        }
    }
}
