package io.thumbwheel.feedback.stream;

import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.streams.KafkaStreams.State;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/// Health of the join: ready while it runs, alive unless it failed for good.
final class StreamHealth {
    private StreamHealth() {}

    private static HealthCheckResponse response(State state, boolean up) {
        return HealthCheckResponse.named("join").status(up).withData("state", state.name()).build();
    }

    /// Ready: opinions are being joined.
    @Readiness
    @ApplicationScoped
    static class Ready implements HealthCheck {
        private final StreamService service;

        Ready(StreamService service) {
            this.service = service;
        }

        @Override
        public HealthCheckResponse call() {
            State state = service.state();
            return response(state, state == State.RUNNING);
        }
    }

    /// Alive: the join can still come back by itself.
    @Liveness
    @ApplicationScoped
    static class Alive implements HealthCheck {
        private final StreamService service;

        Alive(StreamService service) {
            this.service = service;
        }

        @Override
        public HealthCheckResponse call() {
            State state = service.state();
            return response(
                    state,
                    switch (state) {
                        case CREATED, REBALANCING, RUNNING -> true;
                        case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> false;
                    });
        }
    }
}
