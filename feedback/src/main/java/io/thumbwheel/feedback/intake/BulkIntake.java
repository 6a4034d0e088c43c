package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Takes feedback in lines: each line is a request of its own and gets a verdict of its own.
final class BulkIntake {
    static final String MEDIA_TYPE = "application/x-ndjson";

    private static final JsonFactory LINES =
            new JsonFactoryBuilder().rootValueSeparator("\n").build();
    private static final int BYTES_OF_A_VERDICT = 96;

    private final Intake intake;
    private final int maxLines;

    BulkIntake(Intake intake, int maxLines) {
        this.intake = intake;
        this.maxLines = maxLines;
    }

    /// @param network where the sender is; null where unknown
    CompletionStage<Response> take(ApiKey key, byte[] body, @Nullable String network) {
        List<byte[]> lines = lines(body);
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
                lines.stream().map(line -> intake.take(key, line, null, network)).toList();
        // Away from the producer's thread, which has other records to see to.
        return CompletableFuture.allOf(verdicts.toArray(CompletableFuture<?>[]::new))
                .thenApplyAsync(
                        _ -> Response.ok(said(verdicts)).type(MEDIA_TYPE).build(),
                        Infrastructure.getDefaultWorkerPool());
    }

    private static List<byte[]> lines(byte[] body) {
        List<byte[]> lines = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < body.length; at++) {
            if (body[at] == '\n') {
                lines.add(Arrays.copyOfRange(body, start, at));
                start = at + 1;
            }
        }
        if (start < body.length) {
            lines.add(Arrays.copyOfRange(body, start, body.length));
        }
        return lines;
    }

    /// The answer, a line for each verdict.
    private static byte[] said(List<CompletableFuture<Intake.Verdict>> verdicts) {
        ByteArrayOutputStream said =
                new ByteArrayOutputStream(BYTES_OF_A_VERDICT * verdicts.size());
        try (JsonGenerator json = LINES.createGenerator(said)) {
            int line = 1;
            for (CompletableFuture<Intake.Verdict> verdict : verdicts) {
                json.writeStartObject();
                json.writeNumberField("line", line++);
                switch (verdict.join()) {
                    case Intake.Verdict.Accepted(var id) -> {
                        json.writeNumberField("status", Response.Status.ACCEPTED.getStatusCode());
                        json.writeStringField("feedback_id", id);
                    }
                    case Intake.Verdict.Refused(var problem) -> {
                        json.writeNumberField("status", problem.status());
                        json.writeStringField("detail", problem.detail());
                    }
                }
                json.writeEndObject();
            }
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("verdicts go into memory", e);
        }
        return said.toByteArray();
    }
}
