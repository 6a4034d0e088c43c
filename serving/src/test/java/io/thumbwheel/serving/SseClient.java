package io.thumbwheel.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads chat streams event by event.
final class SseClient {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private SseClient() {}

    /// A stream read to its end.
    record Stream(int status, String contentType, List<String> events) {
        JsonNode chunk(int index) throws IOException {
            List<String> chunks = chunks();
            return MAPPER.readTree(chunks.get(index < 0 ? chunks.size() + index : index));
        }

        Set<String> ids() {
            return all().stream()
                    .map(chunk -> chunk.path("id").asText())
                    .collect(Collectors.toSet());
        }

        Set<String> fingerprints() {
            return all().stream()
                    .map(chunk -> chunk.path("system_fingerprint").asText())
                    .collect(Collectors.toSet());
        }

        String text(int choice) {
            return ofChoice(choice).stream()
                    .map(node -> node.at("/delta/content").asText(""))
                    .collect(Collectors.joining());
        }

        List<Integer> tokenIds(int choice) {
            List<Integer> ids = new ArrayList<>();
            ofChoice(choice)
                    .forEach(node -> node.path("token_ids").forEach(id -> ids.add(id.asInt())));
            return ids;
        }

        /// The texts of all content chunks.
        List<String> pieces() {
            return all().stream()
                    .map(chunk -> chunk.at("/choices/0/delta/content").asText(""))
                    .filter(text -> !text.isEmpty())
                    .toList();
        }

        /// Everything told about the tokens of a choice, in order.
        List<JsonNode> logProbs(int choice) {
            List<JsonNode> tokens = new ArrayList<>();
            ofChoice(choice).forEach(node -> node.at("/logprobs/content").forEach(tokens::add));
            return tokens;
        }

        /// What the chunks say about a choice, in order.
        List<JsonNode> ofChoice(int choice) {
            return all().stream()
                    .map(chunk -> chunk.at("/choices/0"))
                    .filter(node -> node.path("index").asInt(-1) == choice)
                    .toList();
        }

        private List<String> chunks() {
            return events.stream().filter(event -> !event.equals("[DONE]")).toList();
        }

        private List<JsonNode> all() {
            return chunks().stream().map(SseClient::parse).toList();
        }
    }

    /// Sends a chat and reads all of its events.
    static Stream chat(String body) throws IOException, InterruptedException {
        return post("/v1/chat/completions", body);
    }

    /// Sends a request and reads all of its events.
    static Stream post(String path, String body) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response =
                    client.send(request(path, body), HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines = reader(response)) {
                List<String> events =
                        lines.lines()
                                .filter(line -> line.startsWith("data: "))
                                .map(line -> line.substring("data: ".length()))
                                .toList();
                return new Stream(
                        response.statusCode(),
                        response.headers().firstValue("content-type").orElse(""),
                        events);
            }
        }
    }

    /// Sends a chat and hangs up after its first event.
    static void leaveAfterFirstEvent(String body) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpResponse<InputStream> response =
                client.send(
                        request("/v1/chat/completions", body),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = reader(response)) {
            lines.readLine();
        }
        client.shutdownNow();
    }

    private static BufferedReader reader(HttpResponse<InputStream> response) {
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(
                        URI.create("http://localhost:%d%s".formatted(RestAssured.port, path)))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }
}
