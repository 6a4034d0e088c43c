package io.thumbwheel.feedback.webhook;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.feedback.FeedbackConfig;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Keeps one [EndpointWorker] for each endpoint of the file, as the file changes.
@ApplicationScoped
class WebhookDispatcher {
    private static final Logger LOG = Logger.getLogger(WebhookDispatcher.class);
    private static final String GROUPS = "internal.feedback.webhooks.";
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final FeedbackConfig config;
    private final WebhookFile file;
    private final WebhookSender sender;
    private final ScheduledExecutorService look =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("webhooks").factory());
    private final ExecutorService workers =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofPlatform().daemon().name("webhooks-", 0).factory());
    private final Map<String, Future<?>> running = new HashMap<>();

    WebhookDispatcher(FeedbackConfig config, WebhookFile file, Vertx vertx) {
        this.config = config;
        this.file = file;
        this.sender = new WebhookSender(vertx, Clock.systemUTC());
    }

    void start(@Observes @Priority(30) StartupEvent event) {
        look.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Stops before the rest does; what was not taken by then is tried again after the restart.
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        look.shutdownNow();
        workers.shutdownNow();
        if (!workers.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warnf("webhooks did not stop within %s", STOP);
        }
        sender.close();
    }

    private void look() {
        running.values().removeIf(Future::isDone);
        for (String name : file.settings().endpoints().keySet()) {
            running.computeIfAbsent(name, _ -> workers.submit(() -> work(name)));
        }
    }

    private void work(String name) {
        try (ReleaseHistory history = new ReleaseHistory(consumer(null));
                Producer<String, byte[]> dead = producer()) {
            new EndpointWorker(
                            name,
                            file,
                            consumer(GROUPS + name),
                            dead,
                            new OutgoingEvents(history::before),
                            sender,
                            config.webhookRetries())
                    .run();
        }
    }

    private KafkaConsumer<String, byte[]> consumer(@Nullable String group) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, group == null ? "earliest" : "latest");
        if (group != null) {
            settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
            // A worker does not poll while it waits to try again.
            long longest = config.webhookRetries().stream().mapToLong(Duration::toMillis).sum();
            settings.put(
                    ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                    (int) Math.min(Integer.MAX_VALUE, 2 * longest + 600_000));
            settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 50);
        }
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private Producer<String, byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        config.kafka(),
                        ProducerConfig.ACKS_CONFIG,
                        "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }
}
