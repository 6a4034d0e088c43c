package io.thumbwheel.feedback;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.schemas.process.Supervised;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/// Stops the service when its supervisor is gone.
@ApplicationScoped
class Lifetime {
    void start(@Observes @Priority(1) StartupEvent event) {
        Supervised.onRelease(Quarkus::asyncExit);
    }
}
