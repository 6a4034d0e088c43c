package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Sends opinions to `POST /v1/feedback` in bulk, a few requests at once; what could not be stored
/// just then is sent again. One thread adds.
public final class BulkUpload implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int LINES = 2_000;
    private static final int BYTES = 4 << 20;
    private static final int REQUESTS = 3;
    private static final int ATTEMPTS = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final URI feedback;
    private final String key;
    private final Refusals refusals;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ExecutorService senders = Executors.newFixedThreadPool(REQUESTS);
    private final List<Future<Integer>> underWay = new ArrayList<>();
    private List<Line> batch = new ArrayList<>();
    private int batchBytes;
    private long accepted;

    /// Hears of what the platform refuses.
    @FunctionalInterface
    public interface Refusals {
        /// @param place `file:line`
        void refused(String place, String detail);
    }

    private record Line(String place, byte[] body) {}

    /// @param feedback address of the feedback service
    /// @param key with the role labeler or operator
    public BulkUpload(URI feedback, String key, Refusals refusals) {
        this.feedback = feedback.resolve("/v1/feedback");
        this.key = key;
        this.refusals = refusals;
    }

    /// Adds one.
    ///
    /// @throws IOException where the service cannot be reached or does not let in
    public void add(String place, ObjectNode line) throws IOException {
        byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
        batch.add(new Line(place, body));
        batchBytes += body.length;
        if (batch.size() == LINES || batchBytes > BYTES) {
            send();
        }
    }

    /// Sends the rest and waits for all.
    ///
    /// @return how many were accepted in all
    public long finish() throws IOException {
        send();
        while (!underWay.isEmpty()) {
            await();
        }
        return accepted;
    }

    private void send() throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        List<Line> lines = batch;
        batch = new ArrayList<>();
        batchBytes = 0;
        if (underWay.size() == REQUESTS) {
            await();
        }
        underWay.add(senders.submit(() -> deliver(lines)));
    }

    private void await() throws IOException {
        try {
            accepted += underWay.removeFirst().get();
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        }
    }

    private int deliver(List<Line> lines) throws IOException, InterruptedException {
        int stored = 0;
        List<Line> left = lines;
        for (int attempt = 0; !left.isEmpty(); attempt++) {
            if (attempt == ATTEMPTS) {
                throw new IOException(
                        "%d lines could not be stored in %d attempts: is Kafka running? Import again when it is; what is there counts once"
                                .formatted(left.size(), ATTEMPTS));
            }
            if (attempt > 0) {
                Thread.sleep(PAUSE.toMillis());
            }
            List<Line> again = new ArrayList<>();
            String[] verdicts = post(left).split("\n", -1);
            for (int i = 0; i < left.size(); i++) {
                JsonNode verdict = MAPPER.readTree(verdicts[i]);
                switch (verdict.path("status").asInt()) {
                    case 202 -> stored++;
                    case 503 -> again.add(left.get(i));
                    default ->
                            refusals.refused(left.get(i).place(), verdict.path("detail").asText());
                }
            }
            left = again;
        }
        return stored;
    }

    private String post(List<Line> lines) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Line line : lines) {
            body.writeBytes(line.body());
        }
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(feedback)
                                .timeout(TIMEOUT)
                                .header("Authorization", "Bearer " + key)
                                .header("Content-Type", "application/x-ndjson")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(
                    "%s answered %d: %s"
                            .formatted(feedback, response.statusCode(), response.body()));
        }
        return response.body();
    }

    @Override
    public void close() {
        senders.shutdownNow();
        http.close();
    }
}
