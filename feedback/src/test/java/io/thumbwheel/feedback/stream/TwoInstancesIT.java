package io.thumbwheel.feedback.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.feedback.Log;
import io.thumbwheel.feedback.RunningKafka;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two instances of the packaged service share the partitions; either can be asked about all.
final class TwoInstancesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int CONVERSATIONS = 16;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();

    @TempDir private Path folder;

    @AfterEach
    void stop() throws InterruptedException {
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        http.close();
    }

    @Test
    void eitherInstanceKnowsWhatBecameOfAFeedback() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0)) {
            kafka.createTopics();
            int one = start("one", kafka.bootstrap());
            int other = start("other", kafka.bootstrap());
            List<String> given = give(kafka.bootstrap());

            for (String id : given) {
                await().atMost(SOON).until(() -> ask(one, id, "").statusCode() == 200);
                await().atMost(SOON).until(() -> ask(other, id, "").statusCode() == 200);
                assertThat(ask(one, id, "").body())
                        .isEqualTo(ask(other, id, "").body())
                        .contains("\"status\":\"joined\"");
                assertThat(
                                List.of(
                                        ask(one, id, "?here=true").statusCode(),
                                        ask(other, id, "?here=true").statusCode()))
                        .containsExactlyInAnyOrder(200, 404);
            }

            assertThat(given)
                    .extracting(id -> ask(one, id, "?here=true").statusCode())
                    .contains(200, 404);
            String nobodys = UUID.randomUUID().toString();
            assertThat(ask(one, nobodys, "").statusCode()).isEqualTo(404);
            assertThat(send(one, given.getFirst(), "", "other-key").statusCode()).isEqualTo(404);
            assertThat(send(other, given.getFirst(), "", "other-key").statusCode()).isEqualTo(404);
        }
    }

    /// Thumbs about conversations of every partition: their ids.
    private static List<String> give(String kafka) {
        List<String> given = new ArrayList<>();
        try (Log log = new Log(kafka)) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                CompletionId about = Talk.id("talk " + i, 2);
                String id = UUID.randomUUID().toString();
                log.write(Topics.COMPLETIONS, Talk.served(about, "asker", true));
                log.write(
                        Topics.FEEDBACK,
                        Talk.said(id, about, "rater", Talk.thumb(about, 0, true)).of("acme"));
                given.add(id);
            }
            log.flush();
        }
        return given;
    }

    private HttpResponse<String> ask(int port, String id, String query) {
        return send(port, id, query, "app-key");
    }

    private HttpResponse<String> send(int port, String id, String query, String key) {
        URI uri = URI.create("http://127.0.0.1:%d/v1/feedback/%s%s".formatted(port, id, query));
        try {
            return http.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(Duration.ofSeconds(10))
                            .header("Authorization", "Bearer " + key)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("no answer of " + uri, e);
        }
    }

    /// Starts an instance and returns its port once it is ready.
    private int start(String name, String kafka) throws IOException {
        int port = freePort();
        ProcessBuilder builder =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-jar",
                                Path.of("target/quarkus-app/quarkus-run.jar").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile());
        Map<String, String> environment = new HashMap<>();
        environment.put("THUMBWHEEL_PORT", String.valueOf(port));
        environment.put("THUMBWHEEL_ADDRESS", "127.0.0.1:" + port);
        environment.put("THUMBWHEEL_FEEDBACK_INSTANCE", name);
        environment.put("THUMBWHEEL_KAFKA", kafka);
        environment.put(
                "THUMBWHEEL_KEYS",
                Files.writeString(folder.resolve("keys.json"), RunningKafka.KEYS).toString());
        environment.put("THUMBWHEEL_STATE", folder.resolve(name).toString());
        builder.environment().putAll(environment);
        processes.add(builder.start());
        URI ready = URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port));
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() ->
                        http.send(
                                                HttpRequest.newBuilder(ready)
                                                        .timeout(Duration.ofSeconds(2))
                                                        .build(),
                                                HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200);
        return port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
