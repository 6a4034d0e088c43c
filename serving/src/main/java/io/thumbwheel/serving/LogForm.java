package io.thumbwheel.serving;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.logging.Handler;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.LogContext;

/// How log lines look: for people, or with `serving.log.json` a JSON object for each.
@Singleton
final class LogForm {
    private final boolean json;

    LogForm(ServingConfig config) {
        this.json = config.log().json();
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        if (json) {
            for (Handler handler : LogContext.getLogContext().getLogger("").getHandlers()) {
                give(handler);
            }
        }
    }

    private static void give(Handler handler) {
        handler.setFormatter(new JsonLines());
        if (handler instanceof ExtHandler group) {
            for (Handler member : group.getHandlers()) {
                give(member);
            }
        }
    }
}
