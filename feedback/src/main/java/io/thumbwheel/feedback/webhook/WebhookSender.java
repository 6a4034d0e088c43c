package io.thumbwheel.feedback.webhook;

import io.thumbwheel.feedback.webhook.WebhookSettings.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Sends one webhook once. Connects to the address that was checked, under the name that was asked
/// for; follows no redirect; looks at no more than the head of the answer.
final class WebhookSender implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration WHOLE = Duration.ofSeconds(20);

    private final HttpClient http;
    private final Clock clock;

    WebhookSender(Vertx vertx, Clock clock) {
        this.http =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setConnectTimeout((int) CONNECT.toMillis())
                                .setKeepAlive(false));
        this.clock = clock;
    }

    /// How an attempt ended.
    sealed interface Attempt {
        /// A 2xx.
        record Taken() implements Attempt {}

        /// It can be tried again.
        ///
        /// @param after no sooner than this
        record Failed(String reason, Duration after) implements Attempt {}

        /// It must not be tried again.
        record Refused(String reason) implements Attempt {}
    }

    /// Sends it and waits for the answer.
    Attempt send(Endpoint endpoint, String id, byte[] body) throws InterruptedException {
        InetAddress address;
        try {
            address = PublicAddress.of(endpoint.url().getHost(), endpoint.allowPrivate());
        } catch (UnknownHostException e) {
            return new Attempt.Failed(String.valueOf(e.getMessage()), Duration.ZERO);
        }
        CompletableFuture<Attempt> attempt = new CompletableFuture<>();
        http.request(request(endpoint, address, id, body))
                .onFailure(attempt::completeExceptionally)
                .onSuccess(request -> answered(request, body, attempt));
        try {
            return attempt.get(WHOLE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return new Attempt.Failed(String.valueOf(e.getCause()), Duration.ZERO);
        } catch (TimeoutException e) {
            return new Attempt.Failed(
                    "no answer within " + WHOLE.toSeconds() + " s", Duration.ZERO);
        }
    }

    private static void answered(
            HttpClientRequest request, byte[] body, CompletableFuture<Attempt> attempt) {
        request.send(Buffer.buffer(body))
                .onFailure(attempt::completeExceptionally)
                .onSuccess(response -> {
                    // The rest of the answer is not wanted, and its end by our reset no failure.
                    response.exceptionHandler(_ -> {});
                    attempt.complete(
                            attempt(response.statusCode(), response.getHeader("Retry-After")));
                    request.reset();
                });
        attempt.whenComplete((_, failure) -> {
            if (failure != null) {
                request.reset();
            }
        });
    }

    private RequestOptions request(Endpoint endpoint, InetAddress address, String id, byte[] body) {
        URI url = endpoint.url();
        boolean tls = url.getScheme().equals("https");
        int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        long now = clock.instant().getEpochSecond();
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
                .setHost(url.getHost())
                .setPort(port)
                .setSsl(tls)
                .setURI(path + query)
                .setFollowRedirects(false)
                .putHeader("content-type", "application/json")
                .putHeader("webhook-id", id)
                .putHeader("webhook-timestamp", String.valueOf(now))
                .putHeader(
                        "webhook-signature",
                        StandardSignature.sign(endpoint.secret(), id, now, body));
    }

    private static Attempt attempt(int status, @Nullable String retryAfter) {
        if (status / 100 == 2) {
            return new Attempt.Taken();
        }
        if (status == 410) {
            return new Attempt.Refused("answered 410: the endpoint wants no webhooks");
        }
        Duration after =
                retryAfter != null && retryAfter.matches("\\d{1,6}")
                        ? Duration.ofSeconds(Long.parseLong(retryAfter))
                        : Duration.ZERO;
        return new Attempt.Failed("answered " + status, after);
    }

    @Override
    public void close() {
        http.close();
    }
}
