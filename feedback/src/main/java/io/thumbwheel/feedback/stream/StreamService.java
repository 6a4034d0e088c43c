package io.thumbwheel.feedback.stream;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.feedback.FeedbackConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jboss.logging.Logger;

/// Runs the join while the service runs.
@Startup
@ApplicationScoped
public class StreamService {
    private static final Logger LOG = Logger.getLogger(StreamService.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final FeedbackConfig config;
    private final KafkaStreams streams;

    StreamService(FeedbackConfig config, StreamCounts counts) {
        this.config = config;
        StreamLimits limits =
                new StreamLimits(
                        config.completionsKept(), config.feedbackKept(), config.promptsPerUser());
        streams =
                new KafkaStreams(FeedbackTopology.build(limits, counts), StreamSettings.of(config));
        streams.setUncaughtExceptionHandler(StreamService::failed);
    }

    void start(@Observes @Priority(10) StartupEvent event) {
        KafkaTopics.await(config.kafka(), config.startTimeout());
        streams.start();
    }

    void stop(@Observes ShutdownEvent event) {
        if (!streams.close(STOP_TIMEOUT)) {
            LOG.warnf(
                    "the join did not stop within %s; it rebuilds its state at the next start",
                    STOP_TIMEOUT);
        }
    }

    /// Where it is.
    public State state() {
        return streams.state();
    }

    private static StreamThreadExceptionResponse failed(Throwable cause) {
        LOG.error("the join failed and its thread starts anew", cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
