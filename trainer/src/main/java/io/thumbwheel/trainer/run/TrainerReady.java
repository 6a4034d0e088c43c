package io.thumbwheel.trainer.run;

import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Ready: everything has started and the log is being read.
@Readiness
@Singleton
public final class TrainerReady implements HealthCheck {
    private final Boot boot;
    private final Intake intake;

    TrainerReady(Boot boot, Intake intake) {
        this.boot = boot;
        this.intake = intake;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> trouble = intake.trouble();
        return HealthCheckResponse.named("trainer")
                .status(boot.ready() && trouble.isEmpty())
                .withData("trouble", trouble.orElse("none"))
                .build();
    }
}
