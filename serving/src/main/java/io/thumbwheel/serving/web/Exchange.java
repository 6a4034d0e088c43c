package io.thumbwheel.serving.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One request with a key that may make it, its body read, and the way to answer it.
public final class Exchange {
    private final RoutingContext routing;
    private final Context context;
    private final ObjectMapper mapper;
    private final ApiKey key;
    private final String caller;
    private final io.opentelemetry.context.Context trace;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    Exchange(
            RoutingContext routing,
            Context context,
            ObjectMapper mapper,
            ApiKey key,
            String caller) {
        this.routing = routing;
        this.context = context;
        this.mapper = mapper;
        this.key = key;
        this.caller = caller;
        this.trace = io.opentelemetry.context.Context.current();
        routing.addEndHandler(end -> {
            if (end.failed()) {
                gone.complete(null);
            }
        });
    }

    /// The key that it was made with.
    public ApiKey key() {
        return key;
    }

    /// Who that is, for what is shared out by key; not the secret itself.
    public String caller() {
        return caller;
    }

    /// What it is called in logs and in its response's header.
    public String requestId() {
        return Objects.requireNonNull(response().headers().get(Api.REQUEST_ID));
    }

    /// The trace that it belongs to.
    public io.opentelemetry.context.Context trace() {
        return trace;
    }

    /// The event loop of its connection, where chunks are written in order.
    public Context context() {
        return context;
    }

    /// The response, for who streams.
    public HttpServerResponse response() {
        return routing.response();
    }

    /// A parameter of the path.
    public String pathParam(String name) {
        return Objects.requireNonNull(routing.pathParam(name), name);
    }

    /// A header, or null.
    public @Nullable String header(String name) {
        return routing.request().getHeader(name);
    }

    /// Address of the other end; null where it is gone.
    public @Nullable String address() {
        SocketAddress remote = routing.request().remoteAddress();
        return remote == null ? null : remote.hostAddress();
    }

    /// The body as it came; empty where there was none.
    public byte[] body() {
        Buffer body = routing.body().buffer();
        return body == null ? new byte[0] : body.getBytes();
    }

    /// The body as a JSON object.
    ///
    /// @throws ApiException 400 where it is not one
    public ObjectNode json() {
        JsonNode tree;
        try {
            tree = mapper.readTree(body());
        } catch (StreamConstraintsException e) {
            throw ApiException.badRequest(
                    "json_beyond_limits",
                    null,
                    "the body is nested too deep or has a number too long (serving.limits.depth): %s"
                            .formatted(e.getOriginalMessage()));
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest(
                    "invalid_json", null, "the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("invalid_json", null, "the body must be a JSON object");
    }

    /// Calls `action` when the reader is gone before the answer has ended.
    public void onGone(Runnable action) {
        gone.thenRun(action);
    }

    /// Answers with an error, in the form of the path.
    public void fail(ApiException error) {
        context.runOnContext(_ -> routing.fail(error));
    }

    /// A value as JSON text.
    public String write(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer must always be writable: " + value, e);
        }
    }

    /// Answers with a JSON body and ends the exchange.
    public void reply(int status, Object body) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status)
                .putHeader("content-type", "application/json")
                .end(write(body));
    }
}
