package io.thumbwheel.feedback.intake;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/// Asks the other instances what became of a feedback. A feedback's partition follows from its
/// conversation and not from its id, so all of them are asked, at once.
final class OtherInstances {
    private static final Logger LOG = Logger.getLogger(OtherInstances.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /// What they say.
    sealed interface Answer {
        /// One of them knows it.
        ///
        /// @param body what it would have answered itself
        record Known(byte[] body) implements Answer {}

        /// None of them knows it.
        record Unknown() implements Answer {}

        /// No answer, or none that tells, of one that might know it.
        record Unsure() implements Answer {}
    }

    /// @param authorization of whoever asks here: they see there what they may see
    Answer ask(List<URI> others, String feedbackId, String authorization) {
        List<CompletableFuture<HttpResponse<byte[]>>> asked =
                others.stream().map(other -> ask(other, feedbackId, authorization)).toList();
        boolean unsure = false;
        for (CompletableFuture<HttpResponse<byte[]>> each : asked) {
            try {
                HttpResponse<byte[]> response = each.join();
                if (response.statusCode() == 200) {
                    return new Answer.Known(response.body());
                }
                unsure |= response.statusCode() != 404;
            } catch (CompletionException e) {
                LOG.warnf("another instance does not answer: %s", e.getCause());
                unsure = true;
            }
        }
        return unsure ? new Answer.Unsure() : new Answer.Unknown();
    }

    private CompletableFuture<HttpResponse<byte[]>> ask(
            URI other, String feedbackId, String authorization) {
        URI uri =
                other.resolve(
                        "/v1/feedback/%s?here=true"
                                .formatted(URLEncoder.encode(feedbackId, StandardCharsets.UTF_8)));
        return http.sendAsync(
                HttpRequest.newBuilder(uri)
                        .timeout(TIMEOUT)
                        .header("Authorization", authorization)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
