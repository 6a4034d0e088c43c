package io.thumbwheel.serving.chat;

import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// Starts the one scheduler of the process; [Answers] ends it.
final class Decoding {
    @Produces
    @Singleton
    Scheduler scheduler(ServingConfig config) {
        return new Scheduler(
                new SchedulerConfig(
                        config.queue().waiting(),
                        config.queue().longestWait(),
                        config.queue().prefill()));
    }
}
