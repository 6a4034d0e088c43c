package io.thumbwheel.feedback.webhook;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.thumbwheel.feedback.Log;
import io.thumbwheel.feedback.RunningKafka;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.feedback.dead.DeadLetters;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.TrainingProgress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Webhooks in and out of the whole service.
@QuarkusTest
@QuarkusTestResource(RunningKafka.class)
final class WebhookIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String OLD = secret(1);
    private static final String NEW = secret(2);

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CompletionId two = Talk.id("talk", 2);
    private HttpServer receiver;
    private Log log;
    private Path file;
    private String kafka;

    private record Received(Map<String, List<String>> headers, String body) {}

    @BeforeEach
    void start() throws IOException {
        kafka = ConfigProvider.getConfig().getValue("thumbwheel.feedback.kafka", String.class);
        file =
                Path.of(
                        ConfigProvider.getConfig()
                                .getValue("thumbwheel.feedback.webhooks", String.class));
        log = new Log(kafka);
        receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext(
                "/ok",
                exchange -> {
                    received.add(
                            new Received(
                                    Map.copyOf(exchange.getRequestHeaders()),
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8)));
                    // The first attempt fails: the second has the same id.
                    exchange.sendResponseHeaders(received.size() == 1 ? 500 : 204, -1);
                    exchange.close();
                });
        receiver.createContext(
                "/moved",
                exchange -> {
                    exchange.getResponseHeaders().add("Location", "/ok");
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
        receiver.start();
    }

    @AfterEach
    void stop() throws IOException {
        receiver.stop(0);
        Files.deleteIfExists(file);
        log.close();
    }

    @Test
    void aSignedDeliveryIsTakenOnceAndSecretsAreExchangedWithoutRestart() throws Exception {
        Files.writeString(file.resolveSibling("old"), OLD);
        Files.writeString(file.resolveSibling("new"), NEW);
        mapping();
        write(sources("{\"file\":\"old\"}"));
        String body = vote("up");
        awaitTaken("msg_1", OLD, body);

        String id = deliver("msg_1", OLD, body).statusCode(202).extract().path("feedback_ids[0]");
        deliver("msg_1", OLD, body).statusCode(202).body("feedback_ids[0]", equalTo(id));
        deliver("msg_1", OLD, vote("down")).statusCode(409);
        deliver("msg_2", NEW, body).statusCode(401);

        write(sources("{\"file\":\"new\"},{\"file\":\"old\"}"));
        awaitTaken("msg_2", NEW, body);
        deliver("msg_3", OLD, body).statusCode(202);
        Files.writeString(file, "{nonsense");
        deliver("msg_4", NEW, body).statusCode(202);
    }

    @Test
    void whatIsWrongWithADeliveryIsSaid() throws Exception {
        Files.writeString(file.resolveSibling("old"), OLD);
        mapping();
        write(sources("{\"file\":\"old\"}"));
        awaitTaken("msg_5", OLD, vote("up"));

        deliver("msg_6", OLD, vote("sideways"))
                .statusCode(422)
                .body("refused[0].problem.field", equalTo("value"));
        deliver("msg_7", OLD, "no json").statusCode(400);
        deliver("msg_8", OLD, "{\"pad\":\"" + "x".repeat(270_000) + "\"}").statusCode(413);
        signed("msg_9", OLD, vote("up"))
                .contentType("text/plain")
                .post("/v1/webhooks/votes")
                .then()
                .statusCode(415);
        given().contentType("application/json")
                .body(vote("up"))
                .post("/v1/webhooks/votes")
                .then()
                .statusCode(400);
        given().body("{}")
                .contentType("application/json")
                .post("/v1/webhooks/nobody")
                .then()
                .statusCode(404);

        given().contentType("application/json")
                .header("Authorization", "Bearer operator-key")
                .body(vote("sideways"))
                .post("/v1/webhooks/votes/dry-run")
                .then()
                .statusCode(200)
                .body("mapped[0].feedback.kind", equalTo("thumb"))
                .body("mapped[0].problem.detail", containsString("sideways"));
        given().contentType("application/json")
                .body("{}")
                .post("/v1/webhooks/votes/dry-run")
                .then()
                .statusCode(401);
    }

    @Test
    void aSourceThatSendsTooMuchIsToldWhenToSendAgain() throws Exception {
        Files.writeString(file.resolveSibling("old"), OLD);
        mapping();
        write(
                sources("{\"file\":\"old\"}")
                        .replace("\"votes.jsonata\"", "\"votes.jsonata\", \"per_minute\": 1"));

        await().atMost(SOON)
                .until(() ->
                        signed("msg_10", OLD, vote("up"))
                                        .contentType("application/json")
                                        .post("/v1/webhooks/votes")
                                        .statusCode()
                                == 429);
        String wait =
                deliver("msg_11", OLD, vote("up"))
                        .statusCode(429)
                        .body("type", equalTo("urn:thumbwheel:problem:too-many"))
                        .extract()
                        .header("Retry-After");
        assertThat(Integer.parseInt(wait)).isBetween(1, 60);
    }

    @Test
    void othersAreToldSignedAndAgainWhereTheyFailed() throws Exception {
        Files.writeString(file.resolveSibling("out"), OLD);
        write(endpoint("ops", "/ok", "true"));
        awaitReady("ops");

        log.write(Topics.RELEASES, decision(0, "r1-11111111"));
        log.write(Topics.RELEASES, decision(1, "r2-22222222"));
        log.write(Topics.RELEASES, decision(2, "r1-11111111"));
        log.write(
                Topics.TRAINING,
                new TrainingProgress("run-7", Talk.NOW, "refused", 1, 1, Map.of(), "too far"));
        log.write(Topics.RATERS, new RaterTrust("rater-7", Talk.NOW, 0, true, "a burst"));
        log.flush();

        await().atMost(SOON).until(() -> received.size() == 5);
        assertThat(received)
                .extracting(Received::body)
                .anySatisfy(body -> assertThat(body).contains("\"type\":\"release.promoted\""))
                .anySatisfy(body -> assertThat(body).contains("\"type\":\"release.rolled_back\""))
                .anySatisfy(body -> assertThat(body).contains("\"type\":\"gate.refused\""))
                .anySatisfy(body ->
                        assertThat(body)
                                .contains("\"type\":\"feedback.quarantined\"")
                                .contains("a burst"));
        assertThat(header(received.get(1), "Webhook-id"))
                .isEqualTo(header(received.get(0), "Webhook-id"));
        assertThat(received).allMatch(WebhookIT::isSigned);
    }

    @Test
    void redirectsAndPrivateAddressesEndAsDeadLetters() throws Exception {
        Files.writeString(file.resolveSibling("out"), OLD);
        write(
                """
                {"endpoints": {
                  "moved": {"url": "http://127.0.0.1:%d/moved", "secret": {"file": "out"}, "allow_private": true},
                  "inside": {"url": "https://localhost:%d/ok", "secret": {"file": "out"}}}}
                """
                        .formatted(
                                receiver.getAddress().getPort(), receiver.getAddress().getPort()));
        awaitReady("moved");
        awaitReady("inside");

        log.write(
                Topics.TRAINING,
                new TrainingProgress("run-8", Talk.NOW, "refused", 1, 1, Map.of(), "too far"));
        log.flush();

        try (DeadLetters letters = new DeadLetters(kafka)) {
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(letters.list(Topics.WEBHOOKS_DEAD))
                                    .extracting(DeadLetters.Letter::reason)
                                    .anySatisfy(
                                            reason -> assertThat(reason).startsWith("answered 302"))
                                    .anySatisfy(reason ->
                                            assertThat(reason).contains("no public address")));
        }
        assertThat(received).isEmpty();
    }

    @Test
    void whatAnEndpointDidNotTakeIsSentAgainWhenAsked() throws Exception {
        Files.writeString(file.resolveSibling("out"), OLD);
        String endpoints =
                """
                {"endpoints": {
                  "ill": {"url": "http://127.0.0.1:%d/%s", "secret": {"file": "out"}, "allow_private": true}}}
                """;
        int port = receiver.getAddress().getPort();
        write(endpoints.formatted(port, "moved"));
        awaitReady("ill");
        try (DeadLetters letters = new DeadLetters(kafka)) {
            int before = letters.list(Topics.WEBHOOKS_DEAD).size();
            log.write(
                    Topics.TRAINING,
                    new TrainingProgress("run-9", Talk.NOW, "refused", 1, 1, Map.of(), "too far"));
            log.flush();
            await().atMost(SOON).until(() -> letters.list(Topics.WEBHOOKS_DEAD).size() > before);

            write(endpoints.formatted(port, "ok"));
            await().atMost(SOON)
                    .until(() -> {
                        letters.replay();
                        return !received.isEmpty();
                    });

            assertThat(letters.list(Topics.WEBHOOKS_DEAD)).allMatch(DeadLetters.Letter::replayed);
        }
        Received again = received.getFirst();
        assertThat(again.body()).contains("\"type\":\"gate.refused\"").contains("run-9");
        assertThat(header(again, "Webhook-id")).startsWith("training_v1_0_");
        assertThat(isSigned(again)).isTrue();
    }

    private static boolean isSigned(Received delivery) {
        return StandardSignature.verifies(
                List.of(OLD),
                header(delivery, "Webhook-id"),
                header(delivery, "Webhook-timestamp"),
                delivery.body().getBytes(StandardCharsets.UTF_8),
                header(delivery, "Webhook-signature"));
    }

    /// Until the endpoint's place in the log is pinned down, nothing counts as new.
    private void awaitReady(String endpoint) {
        await().atMost(SOON)
                .until(() -> log.hasCommitted("internal.feedback.webhooks." + endpoint));
    }

    private void mapping() throws IOException {
        Files.writeString(
                file.resolveSibling("votes.jsonata"),
                "{\"completion_id\": about, \"kind\": \"thumb\", \"choice\": 0, \"value\": vote}");
    }

    private void write(String json) throws IOException {
        Files.writeString(file, json);
    }

    private static String sources(String secrets) {
        return """
        {"sources": {"votes": {"tenant": "acme", "signature": "standard",
          "secrets": [%s], "mapping": "votes.jsonata"}}}
        """
                .formatted(secrets);
    }

    private String endpoint(String name, String path, String allowPrivate) {
        return """
        {"endpoints": {"%s": {"url": "http://127.0.0.1:%d%s", "secret": {"file": "out"}, "allow_private": %s}}}
        """
                .formatted(name, receiver.getAddress().getPort(), path, allowPrivate);
    }

    private String vote(String value) {
        return "{\"about\":\"%s\",\"vote\":\"%s\"}".formatted(two, value);
    }

    /// A change of the file is seen within a second.
    private static void awaitTaken(String id, String secret, String body) {
        await().atMost(SOON)
                .until(() ->
                        signed(id, secret, body)
                                        .contentType("application/json")
                                        .post("/v1/webhooks/votes")
                                        .statusCode()
                                == 202);
    }

    private static ValidatableResponse deliver(String id, String secret, String body) {
        return signed(id, secret, body)
                .contentType("application/json")
                .post("/v1/webhooks/votes")
                .then();
    }

    private static RequestSpecification signed(String id, String secret, String body) {
        long now = Instant.now().getEpochSecond();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return given().header("webhook-id", id)
                .header("webhook-timestamp", now)
                .header("webhook-signature", StandardSignature.sign(secret, id, now, bytes))
                .body(bytes);
    }

    private static RolloutDecision decision(long base, String primary) {
        return new RolloutDecision(
                "default", Talk.NOW, base, primary, null, 0, null, 0, false, "test", "because");
    }

    private static String header(Received delivery, String name) {
        return delivery.headers().getOrDefault(name, List.of("")).getFirst();
    }

    private static String secret(int fill) {
        byte[] bytes = new byte[32];
        java.util.Arrays.fill(bytes, (byte) fill);
        return "whsec_" + Base64.getEncoder().encodeToString(bytes);
    }
}
