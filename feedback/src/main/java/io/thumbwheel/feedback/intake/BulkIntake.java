package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Takes feedback in lines: each line is a request of its own and gets a verdict of its own.
final class BulkIntake {
    static final String MEDIA_TYPE = "application/x-ndjson";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Intake intake;
    private final int maxLines;

    BulkIntake(Intake intake, int maxLines) {
        this.intake = intake;
        this.maxLines = maxLines;
    }

    CompletionStage<Response> take(ApiKey key, byte[] body, @Nullable String address) {
        List<String> lines = new String(body, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() > maxLines) {
            return CompletableFuture.completedFuture(
                    Problem.of(
                                    Problem.Kind.TOO_LARGE,
                                    "at most %d lines at once, got %d"
                                            .formatted(maxLines, lines.size()))
                            .response()
                            .build());
        }
        List<CompletableFuture<Intake.Verdict>> verdicts =
                lines.stream()
                        .map(line ->
                                intake.take(
                                        key, line.getBytes(StandardCharsets.UTF_8), null, address))
                        .toList();
        return CompletableFuture.allOf(verdicts.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ ->
                        Response.ok(
                                        IntStream.range(0, verdicts.size())
                                                .mapToObj(line ->
                                                        said(line + 1, verdicts.get(line).join()))
                                                .collect(Collectors.joining()))
                                .type(MEDIA_TYPE)
                                .build());
    }

    /// A line of the answer.
    private static String said(int line, Intake.Verdict verdict) {
        ObjectNode said = MAPPER.createObjectNode().put("line", line);
        switch (verdict) {
            case Intake.Verdict.Accepted(var id) -> said.put("status", 202).put("feedback_id", id);
            case Intake.Verdict.Refused(var problem) ->
                    said.put("status", problem.status()).put("detail", problem.detail());
        }
        try {
            return MAPPER.writeValueAsString(said) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a verdict must always be writable", e);
        }
    }
}
