package io.thumbwheel.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.serving.web.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRequestReaderTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static ChatRequest read(String fields) throws JsonProcessingException {
        String body =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
                        + (fields.isEmpty() ? "" : "," + fields)
                        + "}";
        return new ChatRequestReader((ObjectNode) MAPPER.readTree(body), 4, 2).read();
    }

    @Test
    void aBareRequestHasOpenAisDefaults() throws JsonProcessingException {
        ChatRequest request = read("");

        assertThat(request)
                .isEqualTo(
                        new ChatRequest(
                                "policy",
                                java.util.List.of(new Message("user", "hi")),
                                1,
                                null,
                                new ChatRequest.Draw(1, 1, 0, 0),
                                java.util.List.of(),
                                null,
                                new ChatRequest.Delivery(false, false, false, false),
                                false,
                                null,
                                null));
    }

    @Test
    void neutralAndNullFieldsAskForNothing() throws JsonProcessingException {
        ChatRequest request =
                read(
                        "\"presence_penalty\":0,\"frequency_penalty\":0.0,\"logit_bias\":{},\"tools\":[],"
                                + "\"response_format\":{\"type\":\"text\"},\"n\":null,\"metadata\":null");

        assertThat(request.choices()).isEqualTo(1);
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

        assertThat(
                        new ChatRequestReader((ObjectNode) MAPPER.readTree(body), 4, 2)
                                .read()
                                .messages())
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
                    "presence_penalty":0.5                      | presence_penalty
                    "tools":[{"type":"function"}]               | tools
                    "response_format":{"type":"json_object"}    | response_format
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
