package io.thumbwheel.serving;

import static io.thumbwheel.serving.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.thumbwheel.schemas.event.CompletionServed;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Plain completions and tokens over HTTP. The tiny releases have bytes as tokens: id = byte + 8.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class CompletionsIT {
    /// The ids of the chat `hello`, which greedy decoding answers with "youyou…".
    private static final String HELLO = "[1,3,112,109,116,116,119,4]";

    @Inject ServingConfig config;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    private static String hello(String more) {
        return "{\"model\":\"r0-6320f0ed\",\"prompt\":%s,\"temperature\":0%s}"
                .formatted(HELLO, more);
    }

    @Test
    void tokenIdsAreGoneOnWithAsTheyAre() {
        Response response =
                post("/v1/completions", hello(",\"max_tokens\":6,\"return_token_ids\":true"))
                        .statusCode(200)
                        .body("object", equalTo("text_completion"))
                        .body("system_fingerprint", equalTo(ReleaseFolders.FIRST))
                        .body("choices", hasSize(1))
                        .body("choices[0].text", equalTo("you" + "you"))
                        .body("choices[0].finish_reason", equalTo("length"))
                        .body("choices[0].logprobs", nullValue())
                        .body(
                                "choices[0].token_ids",
                                equalTo(List.of(129, 119, 125, 129, 119, 125)))
                        .body("usage.prompt_tokens", equalTo(8))
                        .body("usage.completion_tokens", equalTo(6))
                        .extract()
                        .response();

        CompletionServed served = Requests.served(response.path("id"), config.kafka());
        assertThat(served.messages()).isEmpty();
        assertThat(served.promptIds()).isEqualTo(response.path("prompt_token_ids"));
        assertThat(served.consent()).isFalse();
        assertThat(served.choices().getFirst().text()).isEqualTo("youyou");
    }

    @Test
    void aTextHasNoTemplateAndSixteenTokensAreTheDefault() {
        post(
                        "/v1/completions",
                        "{\"prompt\":\"Hi\",\"return_token_ids\":true,\"logit_bias\":{\"2\":-100}}")
                .statusCode(200)
                .body("prompt_token_ids", equalTo(List.of(80, 113)))
                .body("usage.completion_tokens", equalTo(16));
    }

    @Test
    void logProbsHaveTheOlderForm() {
        post("/v1/completions", hello(",\"max_tokens\":3,\"logprobs\":2"))
                .statusCode(200)
                .body("choices[0].logprobs.tokens", equalTo(List.of("y", "o", "u")))
                .body("choices[0].logprobs.text_offset", equalTo(List.of(0, 1, 2)))
                .body("choices[0].logprobs.token_logprobs", hasSize(3))
                .body("choices[0].logprobs.top_logprobs[0].size()", equalTo(2))
                .body("choices[0].logprobs.top_logprobs[0].y", notNullValue());
    }

    @Test
    void halvesOfACharacterAreToldByTheirBytes() {
        // C3 A9 is é: ids 203 and 177; the bias leaves the policy no other choice but their order.
        post(
                        "/v1/completions",
                        hello(
                                ",\"max_tokens\":2,\"logprobs\":0,\"logit_bias\":{\"203\":100,\"177\":98},"
                                        + "\"presence_penalty\":2,\"frequency_penalty\":2"))
                .statusCode(200)
                .body("choices[0].text", equalTo("é"))
                .body("choices[0].logprobs.tokens", equalTo(List.of("bytes:\\xc3", "bytes:\\xa9")))
                .body("choices[0].logprobs.text_offset", equalTo(List.of(0, 0)));
    }

    @Test
    void aStreamOfTextEndsWithReasonUsageAndDone() throws Exception {
        SseClient.Stream stream =
                SseClient.post(
                        "/v1/completions",
                        hello(
                                ",\"max_tokens\":6,\"n\":2,\"stream\":true,\"logprobs\":1,\"stream_options\":{\"include_usage\":true}"));

        assertThat(stream.events().getLast()).isEqualTo("[DONE]");
        assertThat(stream.ids()).hasSize(1);
        assertThat(stream.chunk(-1).get("choices")).isEmpty();
        assertThat(stream.chunk(-1).at("/usage/completion_tokens").asInt()).isEqualTo(12);
        for (int choice = 0; choice < 2; choice++) {
            List<JsonNode> chunks = stream.ofChoice(choice);
            assertThat(chunks.stream().map(node -> node.path("text").asText()))
                    .containsExactly("y", "o", "u", "y", "o", "u", "");
            assertThat(
                            chunks.stream()
                                    .flatMap(node ->
                                            IntStream.range(
                                                            0,
                                                            node.at("/logprobs/text_offset").size())
                                                    .mapToObj(i ->
                                                            node.at("/logprobs/text_offset")
                                                                    .get(i)
                                                                    .asInt())))
                    .containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(chunks.getLast().path("finish_reason").asText()).isEqualTo("length");
        }
        assertThat(stream.chunk(0).path("object").asText()).isEqualTo("text_completion");
        assertThat(stream.chunk(0).get("usage").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /v1/completions | {}                                         | 400 | invalid_value           | prompt
                    /v1/completions | {"prompt":[264]}                           | 400 | invalid_value           | prompt
                    /v1/completions | {"prompt":"a","suffix":"b"}                | 400 | unsupported_parameter   | suffix
                    /v1/completions | {"prompt":"a","max_tokens":300}            | 400 | context_length_exceeded | prompt
                    /v1/completions | {"prompt":"a","model":"gpt-9"}             | 404 | model_not_found         | model
                    /tokenize       | {"prompt":"a","messages":[]}               | 400 | invalid_value           | prompt
                    /tokenize       | {"prompt":"a","add_special_tokens":true}   | 400 | unsupported_parameter   | add_special_tokens
                    /tokenize       | {"model":"policy"}                         | 400 | missing_messages        | messages
                    /detokenize     | {"tokens":"a"}                             | 400 | invalid_value           | tokens
                    """)
    void aBadRequestIsToldByFieldAndCode(
            String path, String body, int status, String code, String param) {
        post(path, body)
                .statusCode(status)
                .body("error.code", equalTo(code))
                .body("error.param", equalTo(param));
    }

    @Test
    void textsAndMessagesBecomeTheIdsThatWouldBeRead() {
        post("/tokenize", "{\"model\":\"policy\",\"prompt\":\"Hi\",\"return_token_strs\":true}")
                .statusCode(200)
                .body("count", equalTo(2))
                .body("max_model_len", equalTo(256))
                .body("tokens", equalTo(List.of(80, 113)))
                .body("token_strs", equalTo(List.of("H", "i")));
        post("/tokenize", "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}")
                .statusCode(200)
                .body("tokens", equalTo(List.of(1, 3, 112, 109, 116, 116, 119, 4)))
                .body("token_strs", nullValue());
    }

    @Test
    void idsBecomeTheirText() {
        post("/detokenize", "{\"model\":\"policy\",\"tokens\":[1,80,113,203,177,2]}")
                .statusCode(200)
                .body("prompt", equalTo("Hié"));
    }
}
