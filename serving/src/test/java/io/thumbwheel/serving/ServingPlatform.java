package io.thumbwheel.serving;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// What serving needs around it: a real Kafka with its topics, a real Redis, keys, and a store with
/// the two tiny releases, the first of them promoted.
public final class ServingPlatform implements QuarkusTestResourceLifecycleManager {
    static final String CHAT = "chat-key";
    static final String FEEDBACK = "feedback-key";
    static final String OPERATOR = "operator-key";

    private static final String KEYS =
            """
            {"signing":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=","keys":[
            {"name":"chat","key":"chat-key","tenant":"t","roles":["chat"],"raters":"user"},
            {"name":"feedback","key":"feedback-key","tenant":"t","roles":["feedback"],"raters":"simulated"},
            {"name":"operator","key":"operator-key","tenant":"t","roles":["operator"],"raters":"user"}]}
            """;

    private EmbeddedKafka kafka;
    private final EmbeddedRedis redis;
    private final Path folder;

    @SuppressWarnings("MustBeClosedChecker") // stop() closes both.
    public ServingPlatform() {
        try {
            folder = Files.createTempDirectory(Path.of("target"), "platform").toAbsolutePath();
            redis = EmbeddedRedis.start(folder.resolve("redis"), 0);
            kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        kafka.createTopics();
        Path releases = folder.resolve("releases");
        try {
            Files.writeString(folder.resolve("keys.json"), KEYS);
            ReleaseFolders.copy("tiny-release", releases);
            ReleaseFolders.copy("tiny-release-next", releases);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EventsOf.promote(kafka.bootstrap(), ReleaseFolders.FIRST, 0);
        Map<String, String> settings = new HashMap<>();
        settings.put("serving.kafka", kafka.bootstrap());
        settings.put("quarkus.redis.hosts", redis.url());
        settings.put("serving.keys", folder.resolve("keys.json").toString());
        settings.put("serving.releases", releases.toString());
        settings.put("serving.state", folder.resolve("serving").toString());
        settings.put("serving.replica", "replica-1");
        settings.put("serving.queue.waiting", "64");
        settings.put("serving.limits.body", "64K");
        // A limit that no test comes near, so that all of them ask Redis, and have its answer on a
        // busy machine, too.
        settings.put("serving.rate.per-minute", "600000");
        settings.put("serving.rate.burst", "100000");
        settings.put("serving.redis.patience", "5s");
        settings.put("serving.metrics.vllm-names", "true");
        settings.put("serving.log.answers", "true");
        settings.put("quarkus.otel.sdk.disabled", "false");
        return settings;
    }

    /// Ends Kafka; what it has it keeps.
    void stopKafka() {
        kafka.close();
    }

    /// Starts it again, where it was.
    @SuppressWarnings("MustBeClosedChecker") // stop() closes it.
    void startKafka() throws IOException {
        String address = kafka.bootstrap();
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), port, 0);
    }

    @Override
    public void stop() {
        kafka.close();
        redis.close();
    }
}
