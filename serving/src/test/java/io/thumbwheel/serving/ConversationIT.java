package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static io.thumbwheel.serving.Requests.as;
import static io.thumbwheel.serving.Requests.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.thumbwheel.embedded.EmbeddedRedis;
import io.thumbwheel.schemas.event.Message;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Conversations whose history serving keeps, in a real Redis.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class ConversationIT {
    private final String id = "talk-" + System.nanoTime();

    @Inject ServingConfig config;

    @TempDir static Path folder;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    private String body(String text, String more) {
        return """
        {"model":"r0-6320f0ed","messages":[{"role":"user","content":"%s"}],"temperature":0,
        "max_tokens":6,"conversation":"%s","conversation_history":true%s}
        """
                .formatted(text, id, more);
    }

    private ValidatableResponse say(String text) {
        return chat(body(text, "")).statusCode(200);
    }

    private Response history(String key) {
        return as(key).get("/v1/conversations/" + id);
    }

    @Test
    void aConversationGoesOnFromWhatWasSaid() {
        say("hello")
                .body("conversation.id", equalTo(id))
                .body("conversation.history", equalTo("ok"))
                .body("conversation.turns_used", equalTo(0))
                .body("conversation.kept", equalTo(true));

        String second =
                chat(body("more", ",\"n\":2"))
                        .statusCode(200)
                        .body("conversation.turns_used", equalTo(1))
                        .body("conversation.turns_dropped", equalTo(0))
                        .extract()
                        .path("id");

        assertThat(Requests.served(second, config.kafka()).messages())
                .containsExactly(
                        new Message("user", "hello"),
                        new Message("assistant", "youyou"),
                        new Message("user", "more"));
        history(ServingPlatform.CHAT)
                .then()
                .statusCode(200)
                .body("object", equalTo("conversation"))
                .body("turns", equalTo(2))
                .body("messages.role", hasSize(4))
                .body("messages[1].content", equalTo("youyou"))
                .body("completions[1]", equalTo(second));
    }

    @Test
    void aStreamTellsWhatItGoesOnFromAndWhetherItIsKept() throws Exception {
        say("hello");

        SseClient.Stream stream = SseClient.chat(body("more", ",\"stream\":true"));

        assertThat(stream.chunk(0).at("/conversation/turns_used").asInt()).isEqualTo(1);
        assertThat(stream.chunk(0).at("/conversation/history").asText()).isEqualTo("ok");
        assertThat(stream.chunk(1).has("conversation")).isFalse();
        assertThat(stream.chunk(-1).at("/conversation/kept").asBoolean()).isTrue();
        history(ServingPlatform.CHAT).then().body("turns", equalTo(2));
    }

    @Test
    void aLongHistoryIsCutByWholeTurnsAndSaysSo() {
        // Such a turn has 69 tokens, the new message 62, the answer 6, and the context 256.
        String text = "x".repeat(60);
        for (int turn = 0; turn < 4; turn++) {
            say(text);
        }

        String last =
                say(text)
                        .body("conversation.turns_used", equalTo(2))
                        .body("conversation.turns_dropped", equalTo(2))
                        .extract()
                        .path("id");

        assertThat(Requests.served(last, config.kafka()).messages())
                .extracting(Message::role)
                .containsExactly("user", "assistant", "user", "assistant", "user");
        history(ServingPlatform.CHAT).then().body("turns", equalTo(5));
    }

    @Test
    void aConversationIsItsKeysOwnAndCanBeForgotten() {
        say("hello");

        history(ServingPlatform.OPERATOR)
                .then()
                .statusCode(404)
                .body("error.code", equalTo("conversation_not_found"));
        as(ServingPlatform.OPERATOR).delete("/v1/conversations/" + id).then().statusCode(404);
        as(ServingPlatform.CHAT)
                .delete("/v1/conversations/" + id)
                .then()
                .statusCode(200)
                .body("object", equalTo("conversation.deleted"))
                .body("deleted", equalTo(true));
        history(ServingPlatform.CHAT).then().statusCode(404);
    }

    @Test
    void anAnswerWhoseReaderLeftIsNotPartOfIt() throws Exception {
        say("hello");
        // A pass for each token, and no end before the limit: it would go on for long.
        SseClient.leaveAfterFirstEvent(
                body(
                                "more",
                                ",\"stream\":true,\"n\":16,\"deterministic\":true,\"logit_bias\":{\"2\":-100}")
                        .replace("\"max_tokens\":6", "\"max_tokens\":180"));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        given().get("/metrics")
                                .then()
                                .body(containsString("thumbwheel_answers_open 0.0")));
        history(ServingPlatform.CHAT).then().body("turns", equalTo(1));
    }

    @Test
    void withoutTheFlagNothingIsKept() {
        chat(Requests.hello("\"max_tokens\":4,\"conversation\":\"%s\"".formatted(id)))
                .statusCode(200)
                .body("conversation", nullValue());
        history(ServingPlatform.CHAT).then().statusCode(404);

        chat(Requests.hello("\"conversation_history\":true"))
                .statusCode(400)
                .body("error.param", equalTo("conversation_history"))
                .body("error.message", containsString("'conversation'"));
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Serves the tests that follow, and ends with them.
    void withoutRedisAnswersGoOnAndSaySo() throws Exception {
        say("hello");
        String url = ConfigProvider.getConfig().getValue("quarkus.redis.hosts", String.class);
        int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
        shutDown(port);

        say("more")
                .body("conversation.history", equalTo("unavailable"))
                .body("conversation.turns_used", equalTo(0))
                .body("conversation.kept", equalTo(false));
        given().get("/ready")
                .then()
                .statusCode(200)
                .body(
                        "checks.find { it.name == 'redis' }.data.state",
                        startsWith("degraded: Redis is away"));
        history(ServingPlatform.CHAT).then().statusCode(503);

        EmbeddedRedis.start(folder.resolve("redis"), port);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> say("hello").body("conversation.kept", equalTo(true)));
        given().get("/ready").then().body("checks.data.state", hasItem("ok"));
    }

    private static void shutDown(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("SHUTDOWN NOSAVE\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> !EmbeddedRedis.answers(port));
    }
}
