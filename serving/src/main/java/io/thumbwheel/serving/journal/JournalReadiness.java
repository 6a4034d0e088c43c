package io.thumbwheel.serving.journal;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/// Ready while answers can be recorded: `degraded` where they wait on disk for Kafka, and not ready
/// where that is full, too.
@Readiness
@Singleton
final class JournalReadiness implements HealthCheck {
    private final Journal journal;

    JournalReadiness(Journal journal) {
        this.journal = journal;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("journal").status(!journal.full());
        int spooled = journal.spooled();
        if (spooled == 0) {
            return response.withData("state", "ok").build();
        }
        return response.withData("state", "degraded")
                .withData(
                        "reason",
                        "Kafka is away or slow: %d events of %d bytes wait on disk, the oldest for %d s"
                                .formatted(
                                        spooled,
                                        journal.spooledBytes(),
                                        journal.oldestAge().toSeconds()))
                .build();
    }
}
