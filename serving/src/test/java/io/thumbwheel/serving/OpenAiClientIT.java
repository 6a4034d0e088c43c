package io.thumbwheel.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.RequestOptions;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// OpenAI's own client against serving, unchanged, with its validation of every answer switched on.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class OpenAiClientIT {
    private OpenAIClient client;

    @BeforeEach
    void connect() {
        Requests.awaitReady();
        client = client(ServingPlatform.CHAT);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl("http://localhost:%d/v1".formatted(RestAssured.port))
                .apiKey(key)
                .maxRetries(0)
                .responseValidation(true)
                .build();
    }

    /// Greedy, the first release answers "youyou…".
    private static ChatCompletionCreateParams.Builder hello() {
        return ChatCompletionCreateParams.builder()
                .model(ReleaseFolders.FIRST)
                .addUserMessage("hello")
                .temperature(0.0)
                .maxCompletionTokens(6);
    }

    @Test
    void aChatIsAnswered() {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(hello().n(2).seed(7).presencePenalty(0.0).store(false).build());

        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().getFirst().message().content()).contains("youyou");
        assertThat(answer.choices().getFirst().finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
        assertThat(answer.usage().orElseThrow().totalTokens()).isEqualTo(8 + 12);
        assertThat(answer.systemFingerprint()).contains(ReleaseFolders.FIRST);
    }

    @Test
    void aStreamIsRead() {
        ChatCompletionCreateParams asked =
                hello().streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();

        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked)) {
            chunks = stream.stream().toList();
        }

        assertThat(
                        chunks.stream()
                                .flatMap(chunk -> chunk.choices().stream())
                                .map(choice -> choice.delta().content().orElse(""))
                                .collect(Collectors.joining()))
                .isEqualTo("youyou");
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens()).isEqualTo(6);
        assertThat(chunks.get(chunks.size() - 2).choices().getFirst().finishReason())
                .contains(ChatCompletionChunk.Choice.FinishReason.LENGTH);
    }

    @Test
    void aStreamThatBreaksIsAnErrorAfterItsText() {
        OpenAIClient broken =
                OpenAIOkHttpClient.builder()
                        .baseUrl("http://localhost:%d/test/broken".formatted(RestAssured.port))
                        .apiKey(ServingPlatform.CHAT)
                        .build();
        StringBuilder text = new StringBuilder();
        try (StreamResponse<ChatCompletionChunk> stream =
                broken.chat().completions().createStreaming(hello().build())) {
            assertThatThrownBy(() ->
                            stream.stream()
                                    .flatMap(chunk -> chunk.choices().stream())
                                    .forEach(choice ->
                                            text.append(choice.delta().content().orElse(""))))
                    .isInstanceOfSatisfying(
                            SseException.class,
                            error ->
                                    assertThat(error.getMessage() + error.body())
                                            .contains("it had to"));
        } finally {
            broken.close();
        }
        assertThat(text).hasToString("y");
    }

    @Test
    void logProbsAreRead() {
        ChatCompletion answer =
                client.chat().completions().create(hello().logprobs(true).topLogprobs(4).build());

        List<ChatCompletionTokenLogprob> tokens =
                answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
        assertThat(tokens.stream().map(ChatCompletionTokenLogprob::token).limit(3))
                .containsExactly("y", "o", "u");
        assertThat(tokens.getFirst().bytes()).contains(List.of((long) 'y'));
        assertThat(tokens.getFirst().topLogprobs()).hasSize(4);
        assertThat(tokens.getFirst().topLogprobs().getFirst().logprob())
                .isEqualTo(tokens.getFirst().logprob());
    }

    @Test
    void biasesAndAJsonObjectAreHonoured() throws Exception {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(
                                hello().responseFormat(ResponseFormatJsonObject.builder().build())
                                        .logitBias(
                                                ChatCompletionCreateParams.LogitBias.builder()
                                                        .putAdditionalProperty(
                                                                "131", JsonValue.from(20))
                                                        .putAdditionalProperty(
                                                                "133", JsonValue.from(20))
                                                        .build())
                                        .metadata(
                                                ChatCompletionCreateParams.Metadata.builder()
                                                        .putAdditionalProperty(
                                                                "app", JsonValue.from("test"))
                                                        .build())
                                        .build());

        assertThat(
                        new JsonMapper()
                                .readValue(
                                        answer.choices()
                                                .getFirst()
                                                .message()
                                                .content()
                                                .orElseThrow(),
                                        Map.class))
                .isEmpty();
        assertThat(answer.choices().getFirst().finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    }

    @Test
    void aPlainCompletionIsAnsweredWholeAndStreamed() {
        CompletionCreateParams asked =
                CompletionCreateParams.builder()
                        .model(ReleaseFolders.FIRST)
                        .prompt("Once")
                        .temperature(0.0)
                        .maxTokens(5)
                        .logprobs(2)
                        .build();

        Completion answer = client.completions().create(asked);
        String streamed;
        // Its model of a chunk wants a finish_reason, which is null until the last one.
        RequestOptions lenient = RequestOptions.builder().responseValidation(false).build();
        try (StreamResponse<Completion> stream =
                client.completions().createStreaming(asked, lenient)) {
            streamed =
                    stream.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .map(choice -> choice.text())
                            .collect(Collectors.joining());
        }

        assertThat(answer.choices()).hasSize(1);
        assertThat(answer.choices().getFirst().logprobs().orElseThrow().tokens().orElseThrow())
                .hasSize((int) answer.usage().orElseThrow().completionTokens());
        assertThat(streamed).isEqualTo(answer.choices().getFirst().text());
    }

    @Test
    void modelsAreListedAndShown() {
        assertThat(client.models().list().data().stream().map(Model::id))
                .contains("policy", ReleaseFolders.FIRST, ReleaseFolders.NEXT);
        assertThat(client.models().retrieve("policy").ownedBy()).isEqualTo("thumbwheel");
        assertThatThrownBy(() -> client.models().retrieve("gpt-9"))
                .isInstanceOfSatisfying(
                        NotFoundException.class,
                        error -> assertThat(error.code()).contains("model_not_found"));
    }

    @Test
    void errorsAreTheClientsOwn() {
        assertThatThrownBy(() -> client.chat().completions().create(hello().n(99).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        error -> {
                            assertThat(error.param()).contains("n");
                            assertThat(error.code()).contains("invalid_value");
                            assertThat(error.getMessage() + error.body())
                                    .contains("between 1 and 16");
                        });
        OpenAIClient stranger = client("nobody");
        try {
            assertThatThrownBy(() -> stranger.models().list())
                    .isInstanceOf(UnauthorizedException.class);
        } finally {
            stranger.close();
        }
    }
}
