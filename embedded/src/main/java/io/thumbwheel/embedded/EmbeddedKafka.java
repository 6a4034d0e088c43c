package io.thumbwheel.embedded;

import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/// One Apache Kafka broker with its KRaft controller, in this JVM, on the loopback address. Formats
/// its folder on the first start and reuses it afterwards, also after a kill. Topics are never made
/// by accident: [#createTopics] makes those of [Topics].
public final class EmbeddedKafka implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 30;

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /// Starts the broker and returns once it answers.
    ///
    /// @param folder holds its logs; made where missing
    /// @param port for clients; 0 takes a free one
    /// @param controllerPort for the controller; 0 takes a free one
    /// @throws IOException where the folder cannot be written
    @MustBeClosed
    public static EmbeddedKafka start(Path folder, int port, int controllerPort)
            throws IOException {
        Files.createDirectories(folder);
        Path logs = folder.toAbsolutePath();
        if (!Files.exists(logs.resolve("meta.properties"))) {
            format(logs);
        }
        int clients = Ports.orFree(port);
        Map<String, Object> settings = settings(logs, clients, Ports.orFree(controllerPort));
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        return new EmbeddedKafka(server, clients);
    }

    /// Where clients connect: `host:port`.
    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// Creates the topics of [Topics] that are missing.
    ///
    /// @throws IllegalStateException where existing ones are not as they must be
    public void createTopics() {
        createTopics(bootstrap());
    }

    /// Creates the topics of [Topics] that are missing on a one-broker cluster.
    ///
    /// @throws IllegalStateException where existing ones are not as they must be
    public static void createTopics(String bootstrap) {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            Stream.of(Topics.values())
                    .map(topic ->
                            new NewTopic(topic.topic(), topic.partitions(), (short) 1)
                                    .configs(topic.settings()))
                    .map(topic -> admin.createTopics(List.of(topic)).all())
                    .toList()
                    .forEach(EmbeddedKafka::createdOrThere);
            verify(admin);
        }
    }

    private static void createdOrThere(KafkaFuture<Void> created) {
        try {
            created.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Kafka did not create a topic", e);
            }
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka did not create a topic within %d s".formatted(TIMEOUT_SECONDS), e);
        }
    }

    private static void verify(Admin admin) {
        Topics.mismatch(awaitTopics(admin))
                .ifPresent(reason -> {
                    throw new IllegalStateException(reason);
                });
    }

    /// The partition counts once the broker knows every topic: the controller makes them first, and
    /// the broker hears of it a little later.
    private static Map<String, Integer> awaitTopics(Admin admin) {
        List<String> names = Stream.of(Topics.values()).map(Topics::topic).toList();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (true) {
            try {
                Map<String, Integer> partitions = new HashMap<>();
                admin.describeTopics(names)
                        .allTopicNames()
                        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .forEach((name, topic) -> partitions.put(name, topic.partitions().size()));
                return partitions;
            } catch (ExecutionException e) {
                boolean early = e.getCause() instanceof UnknownTopicOrPartitionException;
                if (!early || System.nanoTime() > end) {
                    throw new IllegalStateException("Kafka did not describe its topics", e);
                }
                Pause.brief();
            } catch (InterruptedException | TimeoutException e) {
                throw new IllegalStateException("Kafka did not describe its topics", e);
            }
        }
    }

    /// Stops in order: what was acknowledged is on disk.
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path logs) throws IOException {
        try (PrintStream quiet =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(quiet)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(logs.toString())
                    .addDirectory(logs.toString())
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Kafka could not format " + logs, e);
        }
    }

    private static Map<String, Object> settings(Path logs, int port, int controllerPort) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port, controllerPort));
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("log.dirs", logs.toString());
        settings.put("auto.create.topics.enable", "false");
        // One broker holds Kafka's own topics; few partitions of them start and stop fast.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("offsets.retention.minutes", "525600");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // After a kill the old registration must expire first. Shorter than Kafka's 9 s, and long
        // enough for a machine whose cores all train.
        settings.put("broker.session.timeout.ms", "6000");
        settings.put("broker.heartbeat.interval.ms", "500");
        // Memory and threads of a small machine.
        settings.put("log.cleaner.dedupe.buffer.size", "4194304");
        settings.put("log.cleaner.io.buffer.size", "65536");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        return settings;
    }
}
