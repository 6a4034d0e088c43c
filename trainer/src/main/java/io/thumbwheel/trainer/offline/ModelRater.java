package io.thumbwheel.trainer.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Message;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A rater that is a model behind an OpenAI-compatible endpoint and judges by a written
/// constitution (Bai et al., arXiv:2212.08073, section 4.1). It is asked twice, with the answers in
/// either order: what it prefers for its place it does not prefer (Zheng et al., arXiv:2306.05685,
/// section 3.4).
///
/// @param endpoint as `http://host/v1`
/// @param model name that the endpoint knows
/// @param key for the Authorization header; empty where none is needed
/// @param constitution what makes an answer better
/// @param timeout of one answer, all of it
/// @param backOff before the second attempt at what may pass; twice that before the third
record ModelRater(
        HttpClient client,
        URI endpoint,
        String model,
        Optional<String> key,
        String constitution,
        Duration timeout,
        Duration backOff) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int ATTEMPTS = 3;

    /// What it says of two answers.
    enum Vote {
        FIRST,
        SECOND,
        /// It changes its mind with the order, or names neither.
        UNDECIDED
    }

    /// Asks.
    ///
    /// @param prompt ends with the user's turn
    /// @throws IOException where the endpoint does not answer, or answers with an error
    Vote compare(List<Message> prompt, String first, String second)
            throws IOException, InterruptedException {
        Optional<Boolean> asGiven = firstIsBetter(prompt, first, second);
        Optional<Boolean> turned = firstIsBetter(prompt, second, first);
        if (asGiven.isEmpty() || turned.isEmpty() || asGiven.get().equals(turned.get())) {
            return Vote.UNDECIDED;
        }
        return asGiven.get() ? Vote.FIRST : Vote.SECOND;
    }

    private Optional<Boolean> firstIsBetter(List<Message> prompt, String a, String b)
            throws IOException, InterruptedException {
        StringBuilder question = new StringBuilder("A conversation:\n\n");
        for (Message turn : prompt) {
            question.append(turn.role()).append(": ").append(turn.content()).append('\n');
        }
        question.append("\nAnswer A:\n").append(a).append("\n\nAnswer B:\n").append(b);
        question.append("\n\nWhich answer is better? Say A or B and nothing else.");
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model).put("temperature", 0).put("max_tokens", 5);
        body.putArray("messages")
                .addPOJO(new Message("system", constitution))
                .addPOJO(new Message("user", question.toString()));
        String said =
                JSON.readTree(answer(JSON.writeValueAsString(body)))
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText()
                        .strip();
        String word = said.replaceAll("^[^A-Za-z]+", "").split("[^A-Za-z]", 2)[0];
        return switch (word) {
            case "A", "a" -> Optional.of(true);
            case "B", "b" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /// The endpoint's answer; what may pass is tried again.
    private String answer(String body) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint + "/chat/completions"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> response = response(request.build());
            int status = response.statusCode();
            if (status == 200) {
                return response.body();
            }
            boolean passing = status == 429 || status >= 500;
            if (!passing || attempt == ATTEMPTS) {
                throw new IOException(
                        "%s answered %d: %s".formatted(endpoint, status, message(response.body())));
            }
            Thread.sleep(backOff.multipliedBy(attempt));
        }
    }

    /// [HttpRequest#timeout] would end with the headers and wait for the body for ever.
    private HttpResponse<String> response(HttpRequest request)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            response.cancel(true);
            throw new IOException(
                    "%s has not answered within %d s: raise --timeout or lower --parallel"
                            .formatted(endpoint, timeout.toSeconds()),
                    late);
        } catch (ExecutionException failed) {
            throw new IOException(
                    "%s cannot be asked: %s".formatted(endpoint, failed.getCause()), failed);
        }
    }

    private static String message(String body) {
        try {
            JsonNode error = JSON.readTree(body).path("error");
            return error.path("message").asText(body);
        } catch (IOException notJson) {
            return body;
        }
    }
}
