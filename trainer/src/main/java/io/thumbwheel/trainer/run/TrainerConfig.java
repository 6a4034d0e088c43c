package io.thumbwheel.trainer.run;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where the service finds the rest of the platform. Each key has an environment variable of its
/// own (`application.properties`).
@ConfigMapping(prefix = "thumbwheel")
public interface TrainerConfig {
    /// Kafka's bootstrap servers, `host:port`, comma-separated.
    String kafka();

    /// The file of API keys ([io.thumbwheel.schemas.event.ApiKeys]).
    Path keys();

    /// The release store's folder.
    Path releases();

    /// The service's own state: the dataset and the runs.
    Path state();

    /// Hugging Face folder that becomes r0 where the store is empty.
    Optional<Path> policy();

    /// Where refreshes compute: `cpu`, `cuda` or `cuda:N`. One that is not there fails the start.
    @WithDefault("cpu")
    String device();

    /// The quantised graphs of a new release beside its fp32 one: `none`, `int8`, `int4`,
    /// `int8,int4`, or `auto`, which takes int8 from 16 million parameters on.
    @WithDefault("auto")
    String quantise();

    /// How long Kafka may take to answer at start before the service gives up.
    @WithDefault("60s")
    Duration kafkaPatience();

    /// How often an unfinished run is taken up again before it counts as failed: a run that kills
    /// its process would otherwise do so for ever.
    @WithDefault("10")
    int attempts();

    /// When refreshes begin by themselves.
    Refresh refresh();

    /// Refreshes that nobody asks for; [RefreshTriggers] has the details.
    interface Refresh {
        /// Comparisons of training raters since the last run's data after which one begins; 0:
        /// never.
        @WithDefault("0")
        int afterComparisons();

        /// Time after which one begins, ISO 8601 (`PT1H`); never where absent.
        Optional<Duration> every();
    }
}
