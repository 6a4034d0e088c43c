package io.thumbwheel.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.standalone.client.Completion.Written;
import io.thumbwheel.standalone.platform.Endpoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/// Talks to a platform over HTTP. What users do is counted in [Traffic]; what an operator asks is
/// not.
public final class ApiClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Endpoints endpoints;
    private final String userKey;
    private final Traffic traffic;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();

    /// @param endpoints the platform
    /// @param userKey name of the key that users come with
    /// @param traffic counts what they ask
    public ApiClient(Endpoints endpoints, String userKey, Traffic traffic) {
        this.endpoints = endpoints;
        this.userKey = userKey;
        this.traffic = traffic;
    }

    /// Chats without streaming.
    public Completion chat(ChatCall call) throws ApiException, InterruptedException {
        HttpRequest request = post(endpoints.serving(), "/v1/chat/completions", call.body(false));
        JsonNode body = counted(request);
        List<Written> answers = new ArrayList<>();
        for (JsonNode choice : body.path("choices")) {
            answers.add(
                    new Written(
                            choice.path("message").path("content").asText(),
                            choice.path("finish_reason").asText().equals("stop"),
                            choice.path("token_ids").size()));
        }
        if (answers.size() != call.choices()) {
            traffic.failed("answers missing");
            throw new ApiException(
                    200, "asked for %d answers, got %s".formatted(call.choices(), body));
        }
        return new Completion(
                body.path("id").asText(), body.path("system_fingerprint").asText(), answers);
    }

    /// Chats with streaming; returns the whole answer once it has ended. The calling thread reads
    /// the stream itself: on a machine that is shared with the server, the threads between which an
    /// asynchronous client hands the pieces would cost more than to serve them.
    public Completion stream(ChatCall call, StreamListener listener)
            throws ApiException, InterruptedException {
        traffic.sent();
        try {
            return openStream(call, listener);
        } catch (IOException e) {
            if (Thread.interrupted()) { // which closes the connection
                throw new InterruptedException("interrupted in a stream");
            }
            traffic.failed("stream: " + e);
            throw new ApiException("a stream broke", e);
        } catch (ApiException e) {
            traffic.failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private Completion openStream(ChatCall call, StreamListener listener)
            throws IOException, ApiException {
        String path = "/v1/chat/completions";
        HttpURLConnection connection =
                (HttpURLConnection) endpoints.serving().resolve(path).toURL().openConnection();
        connection.setConnectTimeout(Math.toIntExact(CONNECT.toMillis()));
        connection.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
        connection.setRequestProperty("Authorization", "Bearer " + endpoints.key(userKey));
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        byte[] body = call.body(true).toString().getBytes(StandardCharsets.UTF_8);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream output = connection.getOutputStream()) {
            output.write(body);
        }
        int status = connection.getResponseCode();
        if (status != 200) {
            try (InputStream error = connection.getErrorStream()) {
                String said =
                        error == null
                                ? ""
                                : new String(error.readAllBytes(), StandardCharsets.UTF_8);
                throw refused("POST", path, status, said);
            }
        }
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                connection.getInputStream(), StandardCharsets.UTF_8))) {
            return read(lines, listener);
        }
    }

    private static Completion read(BufferedReader lines, StreamListener listener)
            throws ApiException, IOException {
        StringBuilder text = new StringBuilder();
        String id = "";
        String release = "";
        String finish = "";
        int pieces = 0;
        String line;
        while ((line = lines.readLine()) != null) {
            if (line.equals("data: [DONE]")) {
                return new Completion(
                        id,
                        release,
                        List.of(new Written(text.toString(), finish.equals("stop"), pieces)));
            }
            if (!line.startsWith("data: ")) {
                continue;
            }
            JsonNode chunk = JSON.readTree(line.substring("data: ".length()));
            if (chunk.has("error")) {
                throw new ApiException(200, "a stream ended in " + chunk);
            }
            String said = chunk.path("system_fingerprint").asText();
            if (!release.isEmpty() && !release.equals(said)) {
                throw new ApiException(200, "a stream mixes " + release + " and " + said);
            }
            release = said;
            id = chunk.path("id").asText();
            JsonNode choice = chunk.path("choices").path(0);
            String piece = choice.path("delta").path("content").asText("");
            if (!piece.isEmpty()) {
                listener.piece(System.nanoTime(), release);
                pieces++;
                text.append(piece);
            }
            finish = choice.path("finish_reason").asText(finish);
        }
        throw new ApiException(200, "a stream ended without [DONE]");
    }

    /// Gives feedback in the wire form of `/v1/feedback`.
    public void feedback(JsonNode body) throws ApiException, InterruptedException {
        counted(post(endpoints.feedback(), "/v1/feedback", body));
    }

    /// Has a person of the users' key forgotten.
    public void forget(String person) throws ApiException, InterruptedException {
        ask(request(endpoints.feedback(), "/v1/raters/" + person, userKey).DELETE().build());
    }

    /// The trainer's dataset: counts and consumed offsets.
    public JsonNode dataset() throws ApiException, InterruptedException {
        return ask(get(endpoints.trainer(), "/v1/dataset"));
    }

    /// Asks for a refresh; gives its run id.
    public String refresh(JsonNode body) throws ApiException, InterruptedException {
        return ask(post(endpoints.trainer(), "/v1/refresh", body, "operator")).path("run").asText();
    }

    /// The state of a run.
    public JsonNode run(String id) throws ApiException, InterruptedException {
        return ask(get(endpoints.trainer(), "/v1/runs/" + id));
    }

    /// The manifest of a release.
    public JsonNode release(String id) throws ApiException, InterruptedException {
        return ask(get(endpoints.trainer(), "/v1/releases/" + id));
    }

    /// The rollout in force, as serving applies it.
    public JsonNode rollout() throws ApiException, InterruptedException {
        return ask(get(endpoints.serving(), "/v1/rollout"));
    }

    /// Makes an operator's decision about the rollout.
    public JsonNode decide(JsonNode body) throws ApiException, InterruptedException {
        return ask(post(endpoints.serving(), "/v1/rollout", body, "operator"));
    }

    /// What serving tells Prometheus.
    public String metrics() throws ApiException, InterruptedException {
        HttpRequest request = get(endpoints.serving(), "/metrics");
        try {
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new ApiException("GET /metrics failed: " + e, e);
        }
    }

    private JsonNode counted(HttpRequest request) throws ApiException, InterruptedException {
        traffic.sent();
        try {
            return ask(request);
        } catch (ApiException e) {
            traffic.failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private JsonNode ask(HttpRequest request) throws ApiException, InterruptedException {
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            String text = new String(response.body(), StandardCharsets.UTF_8);
            if (response.statusCode() / 100 != 2) {
                throw refused(
                        request.method(), request.uri().getPath(), response.statusCode(), text);
            }
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new ApiException(request.method() + " " + request.uri() + " failed: " + e, e);
        }
    }

    private static ApiException refused(String method, String path, int status, String body) {
        return new ApiException(
                status, "%s %s answered %d: %s".formatted(method, path, status, body));
    }

    private HttpRequest post(URI service, String path, JsonNode body) {
        return post(service, path, body, userKey);
    }

    private HttpRequest post(URI service, String path, JsonNode body, String key) {
        return request(service, path, key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
    }

    private HttpRequest get(URI service, String path) {
        return request(service, path, "operator").GET().build();
    }

    private HttpRequest.Builder request(URI service, String path, String key) {
        return HttpRequest.newBuilder(service.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + endpoints.key(key));
    }

    @Override
    public void close() {
        http.close();
    }
}
