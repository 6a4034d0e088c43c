package io.thumbwheel.trainer.run;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.process.Supervised;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.jboss.logging.Logger;

/// Starts the service in order and stops it in the reverse one.
@Singleton
final class Boot {
    private static final Logger LOG = Logger.getLogger(Boot.class);

    private final TrainerConfig config;
    private final ApiKeys keys;
    private final KafkaClients kafka;
    private final FirstRelease firstRelease;
    private final BackgroundWork work;
    private volatile boolean ready;

    Boot(
            TrainerConfig config,
            ApiKeys keys,
            KafkaClients kafka,
            FirstRelease firstRelease,
            BackgroundWork work) {
        this.config = config;
        this.keys = keys;
        this.kafka = kafka;
        this.firstRelease = firstRelease;
        this.work = work;
    }

    /// Whether everything has started.
    boolean ready() {
        return ready;
    }

    void start(@Observes StartupEvent event) throws InterruptedException, IOException {
        Supervised.onRelease(Quarkus::asyncExit);
        LOG.infof(
                "Kafka %s, releases %s, state %s, %d API keys",
                config.kafka(), config.releases(), config.state(), keys.keys().size());
        kafka.awaitTopics(config.kafkaPatience());
        firstRelease.ensure();
        work.start();
        ready = true;
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        ready = false;
        work.stop();
    }
}
