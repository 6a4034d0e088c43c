package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static io.thumbwheel.serving.Requests.as;
import static io.thumbwheel.serving.Requests.chat;
import static io.thumbwheel.serving.Requests.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Topics;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Chat completions over HTTP, as an OpenAI client makes them.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class ChatIT {
    @Inject ServingConfig config;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    @Test
    void anAnswerNamesItsReleaseAndCountsItsTokens() {
        chat(hello("\"temperature\":0,\"max_tokens\":8"))
                .statusCode(200)
                .body("object", equalTo("chat.completion"))
                .body("model", equalTo("policy"))
                .body("system_fingerprint", containsString("-"))
                .body("choices", hasSize(1))
                .body("choices[0].message.role", equalTo("assistant"))
                .body("choices[0].message.content", notNullValue())
                .body("choices[0].finish_reason", equalTo("length"))
                .body("choices[0].token_ids", nullValue())
                .body("usage.prompt_tokens", equalTo(8))
                .body("usage.completion_tokens", equalTo(8))
                .body("usage.total_tokens", equalTo(16));
    }

    @Test
    void aPinnedReleaseAnswersAsItsSelfTestSays() {
        chat("""
        {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],
        "temperature":0,"max_tokens":6,"return_token_ids":true}
        """)
                .statusCode(200)
                .body("system_fingerprint", equalTo(ReleaseFolders.FIRST))
                .body("prompt_token_ids", equalTo(List.of(1, 3, 112, 109, 116, 116, 119, 4)))
                .body("choices[0].token_ids", equalTo(List.of(129, 119, 125, 129, 119, 125)))
                .body("choices[0].message.content", equalTo("you" + "you"));
    }

    @Test
    void severalChoicesDifferAndASeedRepeatsThem() {
        String body = hello("\"n\":4,\"max_tokens\":12,\"seed\":7,\"temperature\":1");

        List<String> first = chat(body).statusCode(200).extract().path("choices.message.content");
        List<String> again = chat(body).statusCode(200).extract().path("choices.message.content");

        assertThat(first).hasSize(4).doesNotHaveDuplicates();
        assertThat(again).isEqualTo(first);
    }

    @Test
    void everyAnswerIsInKafkaAsTheClientSawIt() {
        Response response =
                chat(hello(
                                "\"n\":2,\"max_tokens\":10,\"store\":true,\"user\":\"u1\",\"conversation\":\"talk\",\"return_token_ids\":true"))
                        .statusCode(200)
                        .extract()
                        .response();
        String id = response.path("id");

        CompletionServed served = Requests.served(id, config.kafka());

        assertThat(served.conversation()).isEqualTo("talk");
        assertThat(served.consent()).isTrue();
        assertThat(served.user()).hasSize(32).doesNotContain("u1");
        assertThat(served.messages()).hasSize(1);
        assertThat(served.promptIds()).isEqualTo(response.path("prompt_token_ids"));
        assertThat(served.choices())
                .extracting(CompletionServed.Choice::tokenIds)
                .isEqualTo(response.path("choices.token_ids"));
        assertThat(served.choices())
                .extracting(CompletionServed.Choice::text)
                .isEqualTo(response.path("choices.message.content"));
        assertThat(served.choices())
                .extracting(CompletionServed.Choice::release)
                .containsOnly(response.<String>path("system_fingerprint"));
        assertThat(served.choices().getFirst().logProbs().toArray())
                .hasSize(served.choices().getFirst().tokenIds().size());
        assertThat(served.sampling().maxTokens()).isEqualTo(10);
    }

    @Test
    void aStreamComesInOpenAisOrder() throws Exception {
        SseClient.Stream stream =
                SseClient.chat(
                        hello(
                                "\"stream\":true,\"n\":2,\"max_tokens\":6,\"temperature\":0,\"return_token_ids\":true,\"stream_options\":{\"include_usage\":true}"));

        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.contentType()).startsWith("text/event-stream");
        assertThat(stream.events().getLast()).isEqualTo("[DONE]");
        assertThat(stream.ids()).hasSize(1);
        assertThat(stream.fingerprints()).hasSize(1);
        assertThat(stream.chunk(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(stream.chunk(1).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(stream.chunk(0).get("usage").isNull()).isTrue();
        assertThat(stream.chunk(-1).get("choices")).isEmpty();
        assertThat(stream.chunk(-1).at("/usage/completion_tokens").asInt()).isEqualTo(12);
        assertThat(stream.chunk(-2).at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(stream.chunk(-3).at("/choices/0/finish_reason").asText()).isEqualTo("length");

        CompletionServed served = Requests.served(stream.ids().iterator().next(), config.kafka());
        for (int choice = 0; choice < 2; choice++) {
            assertThat(stream.text(choice)).isEqualTo(served.choices().get(choice).text());
            assertThat(stream.tokenIds(choice)).isEqualTo(served.choices().get(choice).tokenIds());
        }
    }

    @Test
    void anErrorAfterTheFirstByteIsTheLastEvent() throws Exception {
        SseClient.Stream stream =
                SseClient.post("/test/broken/chat/completions", hello("\"stream\":true"));

        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.events()).hasSize(3);
        assertThat(stream.text(0)).isEqualTo("y");
        assertThat(stream.chunk(-1).at("/error/code").asText()).isEqualTo("internal_error");
        assertThat(stream.chunk(-1).at("/error/message").asText()).contains("it had to");
    }

    @Test
    void aReaderWhoLeavesFreesTheSlot() throws Exception {
        String conversation = "left-" + System.nanoTime();

        // Greedy, the first release says "youyou…" until the context is full,
        // and deterministic answers take a pass for each token.
        SseClient.leaveAfterFirstEvent(
                """
                {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],
                "temperature":0,"n":16,"deterministic":true,"stream":true,"conversation":"%s"}
                """
                        .formatted(conversation));

        awaitIdle();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(servedIn(conversation)).hasSize(1));
        CompletionServed served = servedIn(conversation).getFirst();
        assertThat(served.choices()).hasSize(16);
        assertThat(served.choices())
                .extracting(CompletionServed.Choice::finishReason)
                .contains(FinishReason.CANCELLED);
    }

    private List<CompletionServed> servedIn(String conversation) {
        return EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, config.kafka()).stream()
                .filter(event -> event.conversation().equals(conversation))
                .toList();
    }

    private static void awaitIdle() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(given().get("/metrics").asString())
                                .contains("requests_running{release=\"r0-6320f0ed\"} 0.0")
                                .contains("requests_waiting{release=\"r0-6320f0ed\"} 0.0")
                                .contains("thumbwheel_answers_open 0.0"));
    }

    @Test
    void moreThanCanWaitIsTurnedAwayAndTheRestIsServed() throws Exception {
        String body =
                """
                {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],"temperature":0,"n":16}
                """;
        List<Response> responses = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(24)) {
            List<Future<Response>> sent = new ArrayList<>();
            for (int client = 0; client < 24; client++) {
                sent.add(
                        clients.submit(() ->
                                as(ServingPlatform.CHAT).body(body).post("/v1/chat/completions")));
            }
            for (Future<Response> response : sent) {
                responses.add(response.get(60, TimeUnit.SECONDS));
            }
        }

        // 24 requests of 16 answers, where 16 are drawn together and 64 may wait.
        assertThat(responses).extracting(Response::statusCode).containsOnly(200, 429);
        assertThat(responses)
                .filteredOn(response -> response.statusCode() == 429)
                .isNotEmpty()
                .allSatisfy(response -> {
                    // As measured: 64 short answers of the tiny release take a second or a few.
                    assertThat(Integer.parseInt(response.header("retry-after"))).isBetween(1, 30);
                    assertThat(response.<String>path("error.code")).isEqualTo("queue_full");
                });
        assertThat(responses).extracting(Response::statusCode).contains(200);
        awaitIdle();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    not json                                  | 400 | invalid_json            | null
                    []                                        | 400 | invalid_json            | null
                    {"messages":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]} | 400 | json_beyond_limits | null
                    {"model":"policy"}                        | 400 | missing_messages        | messages
                    {"model":"policy","messages":[]}          | 400 | missing_messages        | messages
                    {"messages":[{"role":"cat","content":""}]}| 400 | invalid_value           | messages[0].role
                    {"messages":[{"role":"user","content":"hello"}],"temperature":-1}     | 400 | invalid_value | temperature
                    {"messages":[{"role":"user","content":"hello"}],"top_p":0}            | 400 | invalid_value | top_p
                    {"messages":[{"role":"user","content":"hello"}],"n":17}               | 400 | invalid_value | n
                    {"messages":[{"role":"user","content":"hello"}],"max_tokens":0}       | 400 | invalid_value | max_tokens
                    {"messages":[{"role":"user","content":"hello"}],"max_tokens":100000}  | 400 | context_length_exceeded | messages
                    {"messages":[{"role":"user","content":"hello"}],"best_of":3}          | 400 | unsupported_parameter | best_of
                    {"messages":[{"role":"user","content":"hello"}],"logit_bias":{"264":1}} | 400 | invalid_value | logit_bias
                    {"messages":[{"role":"user","content":"hello"}],"model":"gpt-9"}      | 404 | model_not_found | model
                    {"messages":[{"role":"user","content":"hello"}],"model":"../keys"}    | 404 | model_not_found | model
                    {"messages":[{"role":"user","content":"hello"}],"model":"r7-00000000"}| 404 | model_not_found | model
                    """)
    void aBadRequestIsToldByFieldAndCode(String body, int status, String code, String param) {
        chat(body)
                .statusCode(status)
                .contentType("application/json")
                .body("error.code", equalTo(code))
                .body("error.param", param.equals("null") ? nullValue() : equalTo(param))
                .body("error.message", notNullValue())
                .body("error.type", notNullValue());
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithBothNumbers() {
        chat(hello("").replace("hello", "hello ".repeat(200)))
                .statusCode(400)
                .body("error.code", equalTo("context_length_exceeded"))
                .body("error.message", containsString("take 1203 tokens"));
    }

    @Test
    void aBodyBeyondTheLimitIsRefused() {
        chat(hello("").replace("hello", "x".repeat(70_000)))
                .statusCode(413)
                .body("error.code", equalTo("request_too_large"))
                .body("error.message", containsString("serving.limits.body"));
    }

    @Test
    void anotherContentTypeIsRefused() {
        given().header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .contentType("text/plain")
                .body(hello(""))
                .post("/v1/chat/completions")
                .then()
                .statusCode(415)
                .body("error.code", equalTo("unsupported_media_type"));
    }

    @Test
    void aKeyIsNeededAndMustHaveTheRole() {
        given().contentType("application/json")
                .body(hello(""))
                .post("/v1/chat/completions")
                .then()
                .statusCode(401)
                .body("error.code", equalTo("invalid_api_key"));
        as("nobody").body(hello("")).post("/v1/chat/completions").then().statusCode(401);
        as(ServingPlatform.FEEDBACK)
                .body(hello(""))
                .post("/v1/chat/completions")
                .then()
                .statusCode(403)
                .body("error.code", equalTo("insufficient_permissions"))
                .body("error.message", containsString("chat"));
    }

    @Test
    void modelsAreThePolicyAndTheStore() {
        as(ServingPlatform.CHAT)
                .get("/v1/models")
                .then()
                .statusCode(200)
                .body("object", equalTo("list"))
                .body("data.id", hasItems("policy", ReleaseFolders.FIRST, ReleaseFolders.NEXT));
        as(ServingPlatform.CHAT)
                .get("/v1/models/" + ReleaseFolders.NEXT)
                .then()
                .statusCode(200)
                .body("created", equalTo(1767225600));
        as(ServingPlatform.CHAT)
                .get("/v1/models/none")
                .then()
                .statusCode(404)
                .body("error.code", equalTo("model_not_found"))
                .body("error.type", equalTo("not_found_error"));
    }

    @Test
    void thePageAndTheProbesNeedNoKey() {
        given().get("/").then().statusCode(200).body(containsString("Thumbwheel"));
        given().get("/chat.js").then().statusCode(200);
        given().get("/health").then().statusCode(200).body("checks.name", hasItems("scheduler"));
        given().get("/metrics").then().statusCode(200).body(containsString("thumbwheel_requests"));
    }
}
