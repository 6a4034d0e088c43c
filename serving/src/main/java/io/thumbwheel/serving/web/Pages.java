package io.thumbwheel.serving.web;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.schemas.process.Supervised;
import io.thumbwheel.serving.ServingConfig;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/// What needs no key: short names of the probes, and the process' own beginning and end.
@Singleton
final class Pages {
    private static final Logger LOG = Logger.getLogger(Pages.class);

    private final ServingConfig config;

    Pages(ServingConfig config) {
        this.config = config;
    }

    void register(@Observes Router router) {
        router.get("/health").handler(routing -> routing.reroute("/q/health/live"));
        router.get("/ready").handler(routing -> routing.reroute("/q/health/ready"));
    }

    void start(@Observes StartupEvent event) {
        ConfigCheck.run(config);
        LOG.infof("configuration: %s", ConfigCheck.describe(config));
        Supervised.onRelease(Quarkus::asyncExit);
    }
}
