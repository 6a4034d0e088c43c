package io.thumbwheel.trainer.run;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the service needs around it: a broker, keys, a policy, empty folders.
public final class EmbeddedPlatform implements QuarkusTestResourceLifecycleManager {
    private @Nullable EmbeddedKafka kafka;

    @Override
    @SuppressWarnings("MustBeClosedChecker") // closed in stop()
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "trainer-it");
            kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0);
            kafka.createTopics();
            Path keys = folder.resolve("keys.json");
            Files.writeString(
                    keys,
                    """
                    {"signing": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                     "keys": [
                      {"name": "chat", "key": "chat-key", "tenant": "t", "roles": ["chat"], "raters": "user"},
                      {"name": "feedback", "key": "feedback-key", "tenant": "t", "roles": ["feedback"], "raters": "user"},
                      {"name": "operator", "key": "operator-key", "tenant": "t", "roles": ["operator"], "raters": "labeler"}]}
                    """);
            return Map.of(
                    "thumbwheel.kafka", kafka.bootstrap(),
                    "thumbwheel.keys", keys.toString(),
                    "thumbwheel.releases", folder.resolve("releases").toString(),
                    "thumbwheel.state", folder.resolve("state").toString(),
                    "thumbwheel.refresh.after-comparisons", "1000000",
                    "thumbwheel.refresh.every", "P1D",
                    "thumbwheel.policy", TinyPolicy.write(folder.resolve("policy"), 1).toString());
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
}
