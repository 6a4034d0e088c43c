package io.thumbwheel.feedback;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.thumbwheel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A real Kafka with the platform's topics, and keys of a tenant, for tests of the whole service.
public final class RunningKafka implements QuarkusTestResourceLifecycleManager {
    private @Nullable EmbeddedKafka kafka;

    @Override
    @SuppressWarnings("MustBeClosedChecker") // closed by stop()
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "feedback-it");
            kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0);
            kafka.createTopics();
            Path keys = Files.writeString(folder.resolve("keys.json"), KEYS);
            return Map.of(
                    "thumbwheel.feedback.kafka", kafka.bootstrap(),
                    "thumbwheel.feedback.keys", keys.toString(),
                    "thumbwheel.feedback.webhooks", folder.resolve("webhooks.json").toString(),
                    "thumbwheel.feedback.webhook-retries", "100ms,200ms",
                    "thumbwheel.feedback.state", folder.resolve("state").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    public static final String KEYS =
            """
            {"signing": "%s", "keys": [
              {"name": "app", "key": "app-key", "tenant": "acme", "roles": ["feedback"],
               "raters": "user"},
              {"name": "people", "key": "labeler-key", "tenant": "acme", "roles": ["labeler"],
               "raters": "labeler"},
              {"name": "other", "key": "other-key", "tenant": "other", "roles": ["feedback"],
               "raters": "user"},
              {"name": "operator", "key": "operator-key", "tenant": "acme", "roles": ["operator"],
               "raters": "user"},
              {"name": "chat", "key": "chat-key", "tenant": "acme", "roles": ["chat"],
               "raters": "user"}]}
            """
                    .formatted(Talk.SIGNING_BASE64);
}
