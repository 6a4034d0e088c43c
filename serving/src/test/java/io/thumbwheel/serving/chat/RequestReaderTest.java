package io.thumbwheel.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling.Format;
import io.thumbwheel.serving.chat.CompletionRequest.Input;
import io.thumbwheel.serving.web.ApiException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestReaderTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static CompletionRequest read(String fields) throws JsonProcessingException {
        String body =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
                        + (fields.isEmpty() ? "" : "," + fields)
                        + "}";
        return new RequestReader((ObjectNode) MAPPER.readTree(body), 4, 2).chat();
    }

    @Test
    void aBareRequestHasOpenAisDefaults() throws JsonProcessingException {
        CompletionRequest request = read("");

        assertThat(request)
                .isEqualTo(
                        new CompletionRequest(
                                "policy",
                                new Input.Chat(List.of(new Message("user", "hi"))),
                                1,
                                null,
                                new CompletionRequest.Draw(1, 1, 0, 0, LogitRules.NONE, null),
                                List.of(),
                                null,
                                false,
                                new CompletionRequest.Delivery(false, false, false, false, 0),
                                false,
                                Map.of(),
                                null,
                                null,
                                false));
    }

    @Test
    void neutralAndNullFieldsAskForNothing() throws JsonProcessingException {
        CompletionRequest request =
                read(
                        "\"presence_penalty\":0,\"frequency_penalty\":0.0,\"logit_bias\":{},\"tools\":[],"
                                + "\"response_format\":{\"type\":\"text\"},\"n\":null,\"metadata\":null");

        assertThat(request.choices()).isEqualTo(1);
    }

    @Test
    void penaltiesAndBiasesAreRead() throws JsonProcessingException {
        CompletionRequest request =
                read(
                        "\"presence_penalty\":0.5,\"frequency_penalty\":-2,\"repetition_penalty\":1.2,"
                                + "\"logit_bias\":{\"5\":-100,\"7\":0.5}");

        assertThat(request.draw().rules())
                .isEqualTo(new LogitRules(0.5, -2, 1.2, Map.of(5, -100.0, 7, 0.5)));
        assertThat(request.sampling(10, 3).rules()).isEqualTo(request.draw().rules());
        assertThat(read("\"presence_penalty\":0").sampling(10, 3).rules()).isNull();
    }

    @Test
    void metadataIsReadWithinOpenAisBounds() throws JsonProcessingException {
        assertThat(read("\"metadata\":{\"app\":\"story\"}").metadata())
                .isEqualTo(Map.of("app", "story"));
        String key = "k".repeat(64);
        assertThat(read("\"metadata\":{\"%s\":\"%s\"}".formatted(key, "v".repeat(512))).metadata())
                .containsKey(key);
        for (String beyond :
                List.of(
                        "\"%s\":\"v\"".formatted("k".repeat(65)),
                        "\"k\":\"%s\"".formatted("v".repeat(513)),
                        IntStream.range(0, 17)
                                .mapToObj("\"%d\":\"v\""::formatted)
                                .collect(Collectors.joining(",")))) {
            assertThatThrownBy(() -> read("\"metadata\":{%s}".formatted(beyond)))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("metadata");
        }
    }

    @Test
    void aJsonObjectIsAFormatAndTextIsNone() throws JsonProcessingException {
        assertThat(read("\"response_format\":{\"type\":\"json_object\"}").sampling(9, 0).format())
                .isEqualTo(Format.JSON_OBJECT);
        assertThat(read("\"response_format\":{\"type\":\"text\"}").sampling(9, 0).format())
                .isNull();
    }

    private static CompletionRequest text(String fields) throws JsonProcessingException {
        return new RequestReader((ObjectNode) MAPPER.readTree("{" + fields + "}"), 4, 2).text();
    }

    @Test
    void aPlainCompletionHasItsOwnDefaults() throws JsonProcessingException {
        CompletionRequest request = text("\"prompt\":\"Once\",\"echo\":false,\"best_of\":1");

        assertThat(request.input()).isEqualTo(new Input.Text("Once"));
        assertThat(request.maxTokens()).isEqualTo(16);
        assertThat(request.delivery().logProbs()).isFalse();
        assertThat(request.store()).isFalse();
        assertThat(request.messages()).isEmpty();
    }

    @Test
    void aPromptIsATextOrIds() throws JsonProcessingException {
        assertThat(text("\"prompt\":[\"Once\"]").input()).isEqualTo(new Input.Text("Once"));
        assertThat(text("\"prompt\":[5,6]").input()).isEqualTo(new Input.Ids(List.of(5, 6)));
    }

    @Test
    void plainLogProbsAreANumber() throws JsonProcessingException {
        assertThat(text("\"prompt\":\"a\",\"logprobs\":0").delivery().logProbs()).isTrue();
        assertThat(text("\"prompt\":\"a\",\"logprobs\":5").delivery().topLogProbs()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "model":"policy"                | prompt
                    "prompt":""                     | prompt
                    "prompt":["a","b"]              | prompt
                    "prompt":[[1,2]]                | prompt
                    "prompt":[-1]                   | prompt
                    "prompt":"a","echo":true        | echo
                    "prompt":"a","best_of":2        | best_of
                    "prompt":"a","suffix":"b"       | suffix
                    "prompt":"a","logprobs":6       | logprobs
                    "prompt":"a","logprobs":true    | logprobs
                    "prompt":"a","store":true       | store
                    "prompt":"a","messages":[1]     | messages
                    """)
    void whatAPlainCompletionCannotHonourIsRefusedByName(String fields, String param) {
        assertThatThrownBy(() -> text(fields))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        error -> {
                            assertThat(error.status()).isEqualTo(400);
                            assertThat(error.param()).contains(param);
                        });
    }

    @Test
    void stopIsATextOrAList() throws JsonProcessingException {
        assertThat(read("\"stop\":\"x\"").stop()).containsExactly("x");
        assertThat(read("\"stop\":[\"x\",\"yz\"]").stop()).containsExactly("x", "yz");
    }

    @Test
    void contentMayComeInTextParts() throws JsonProcessingException {
        String body =
                """
                {"messages":[{"role":"developer","content":[{"type":"text","text":"be"},{"type":"text","text":" kind"}]}]}
                """;

        assertThat(new RequestReader((ObjectNode) MAPPER.readTree(body), 4, 2).chat().messages())
                .containsExactly(new Message("system", "be kind"));
    }

    @Test
    void theNewNameOfTheTokenLimitCounts() throws JsonProcessingException {
        assertThat(read("\"max_completion_tokens\":5").maxTokens()).isEqualTo(5);
        assertThat(read("\"max_completion_tokens\":5,\"max_tokens\":5").maxTokens()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "presence_penalty":2.5                      | presence_penalty
                    "frequency_penalty":-2.1                    | frequency_penalty
                    "repetition_penalty":0                      | repetition_penalty
                    "logit_bias":[1]                            | logit_bias
                    "logit_bias":{"5":101}                      | logit_bias
                    "logit_bias":{"-5":1}                       | logit_bias
                    "logit_bias":{"hello":1}                    | logit_bias
                    "top_logprobs":2                            | top_logprobs
                    "logprobs":true,"top_logprobs":21           | top_logprobs
                    "tools":[{"type":"function"}]               | tools
                    "response_format":{"type":"json_schema","json_schema":{}} | response_format
                    "response_format":{"type":"yaml"}           | response_format
                    "response_format":"json_object"             | response_format
                    "metadata":{"a":1}                          | metadata
                    "metadata":["a"]                            | metadata
                    "temperature":"hot"                         | temperature
                    "temperature":2.1                           | temperature
                    "n":1.5                                     | n
                    "seed":"x"                                  | seed
                    "stop":["a","b","c"]                        | stop
                    "stop":[""]                                 | stop
                    "stream_options":{"include_usage":true}     | stream_options
                    "stream":1                                  | stream
                    "min_p":1                                   | min_p
                    "max_tokens":4,"max_completion_tokens":5    | max_tokens
                    """)
    void whatCannotBeHonouredIsRefusedByName(String fields, String param) {
        assertThatThrownBy(() -> read(fields))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        error -> {
                            assertThat(error.status()).isEqualTo(400);
                            assertThat(error.param()).contains(param);
                        });
    }
}
