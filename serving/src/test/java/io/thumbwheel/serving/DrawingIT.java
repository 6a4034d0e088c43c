package io.thumbwheel.serving;

import static io.thumbwheel.serving.Requests.chat;
import static io.thumbwheel.serving.Requests.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling.Format;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What steers the draw of an answer, and what is told about its tokens. The tiny releases have
/// bytes as tokens: id = byte + 8.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class DrawingIT {
    private static final String PINNED = "\"model\":\"r0-6320f0ed\"";
    private static final String NO_BLANKS = "\"40\":-100,\"18\":-100,\"17\":-100,\"21\":-100";

    @Inject ServingConfig config;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    @Test
    void aStopTextIsCutOff() {
        chat("""
        {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],
        "temperature":0,"max_tokens":12,"stop":["uy","zzz"]}
        """)
                .statusCode(200)
                .body("choices[0].message.content", equalTo("yo"))
                .body("choices[0].finish_reason", equalTo("stop"));
    }

    @Test
    void logProbsAreToldWhereAskedFor() {
        chat(hello("\"logprobs\":true,\"max_tokens\":3,\"temperature\":0"))
                .statusCode(200)
                .body("choices[0].logprobs.content", hasSize(3))
                .body("choices[0].logprobs.content[0].bytes", hasSize(1));
    }

    @Test
    void theMostProbableTokensAreToldWholeAndStreamed() throws Exception {
        String asked =
                "\"model\":\"r0-6320f0ed\",\"logprobs\":true,\"top_logprobs\":3,\"max_tokens\":4,\"temperature\":0";
        JsonPath whole = chat(hello(asked)).statusCode(200).extract().jsonPath();

        assertThat(whole.<List<String>>get("choices[0].logprobs.content.token"))
                .containsExactly("y", "o", "u", "y");
        assertThat(whole.<List<Integer>>get("choices[0].logprobs.content[0].bytes"))
                .containsExactly((int) 'y');
        for (int place = 0; place < 4; place++) {
            String at = "choices[0].logprobs.content[%d]".formatted(place);
            List<Float> top = whole.get(at + ".top_logprobs.logprob");
            assertThat(top).hasSize(3).isSortedAccordingTo(Comparator.reverseOrder());
            assertThat(whole.<String>get(at + ".top_logprobs[0].token"))
                    .isEqualTo(whole.get(at + ".token"));
            assertThat(top.getFirst()).isEqualTo(whole.get(at + ".logprob"));
            assertThat(whole.<List<?>>get(at + ".top_logprobs.bytes")).doesNotContainNull();
        }

        SseClient.Stream stream = SseClient.chat(hello("\"stream\":true," + asked));

        assertThat(stream.logProbs(0))
                .containsExactlyElementsOf(
                        new JsonMapper()
                                .readTree(chat(hello(asked)).extract().asString())
                                .at("/choices/0/logprobs/content"));
    }

    @Test
    void biasesAndPenaltiesSteerTheAnswerAndAreInKafka() {
        // Greedy, the first release says "youyou…".
        String pinned = "\"model\":\"r0-6320f0ed\",\"temperature\":0,\"max_tokens\":6,";

        chat(hello(pinned + "\"logit_bias\":{\"129\":100}"))
                .statusCode(200)
                .body("choices[0].message.content", equalTo("yyyyyy"));
        chat(hello(pinned + "\"logit_bias\":{\"129\":-100}"))
                .statusCode(200)
                .body("choices[0].message.content", not(containsString("y")));
        Response once =
                chat(hello(pinned + "\"presence_penalty\":2,\"return_token_ids\":true"))
                        .statusCode(200)
                        .extract()
                        .response();

        assertThat(once.<List<Integer>>path("choices[0].token_ids"))
                .hasSize(6)
                .doesNotHaveDuplicates();
        assertThat(Requests.served(once.path("id"), config.kafka()).sampling().rules())
                .isEqualTo(new LogitRules(2, 0, 1, Map.of()));
    }

    @Test
    void aJsonAnswerIsJsonWhateverThePolicyWouldSay() throws Exception {
        // Random letters: the biases bring texts to an end.
        String asked =
                PINNED
                        + ",\"n\":8,\"response_format\":{\"type\":\"json_object\"},\"seed\":3,\"return_token_ids\":true,"
                        + "\"logit_bias\":{%s,\"42\":13,\"133\":4},\"metadata\":{\"app\":\"test\"}"
                                .formatted(NO_BLANKS);
        Response response = chat(hello(asked)).statusCode(200).extract().response();

        assertThat(response.<List<String>>path("choices.finish_reason")).containsOnly("stop");
        List<String> texts = response.path("choices.message.content");
        for (String text : texts) {
            assertThat(new JsonMapper().readTree(text).isObject()).isTrue();
        }
        assertThat(texts).anyMatch(text -> text.length() > 4);
        assertThat(response.<List<List<Integer>>>path("choices.token_ids"))
                .allSatisfy(ids -> assertThat(ids.getLast()).isEqualTo(2));
        CompletionServed served = Requests.served(response.path("id"), config.kafka());
        assertThat(served.sampling().format()).isEqualTo(Format.JSON_OBJECT);
        assertThat(served.metadata()).isEqualTo(Map.of("app", "test"));
    }

    @Test
    void aJsonAnswerThatTheLimitCutsSaysSo() {
        chat(hello(
                        PINNED
                                + ",\"response_format\":{\"type\":\"json_object\"},\"max_tokens\":9,\"logit_bias\":{\"131\":20,\"133\":-100}"))
                .statusCode(200)
                .body("choices[0].finish_reason", equalTo("length"))
                .body("choices[0].message.content", containsString("{"));
    }

    @Test
    void aStreamNeverSplitsACharacter() throws Exception {
        // F0 (248) begins characters of four tokens.
        SseClient.Stream stream =
                SseClient.chat(
                        hello(
                                PINNED
                                        + ",\"stream\":true,\"n\":8,\"seed\":5,\"response_format\":{\"type\":\"json_object\"},"
                                        + "\"logit_bias\":{%s,\"248\":13,\"42\":14,\"133\":6}"
                                                .formatted(NO_BLANKS)));

        StringBuilder all = new StringBuilder();
        for (int choice = 0; choice < 8; choice++) {
            assertThat(new JsonMapper().readTree(stream.text(choice)).isObject()).isTrue();
            all.append(stream.text(choice));
        }
        assertThat(all.codePoints()).anyMatch(point -> point > 0xFFFF);
        assertThat(stream.pieces())
                .noneMatch(piece -> piece.contains("\uFFFD"))
                .noneMatch(piece -> Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
    }
}
