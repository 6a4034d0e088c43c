package io.thumbwheel.serving.web;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.serving.ServingConfig;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// Puts paths on the router with what all of them need: the key is checked before the body is read,
/// the body is bounded, errors come in the path's form, and every answer is counted by status.
///
/// Raw routes instead of REST resources, because a stream must know when its reader goes away and
/// when it lies behind. Handlers run on virtual threads: they may wait for Kafka or a release, and
/// their number is bounded.
@Singleton
public final class Api {
    private static final Logger LOG = Logger.getLogger(Api.class);
    private static final int MOST_AT_ONCE = 2048;
    private static final Pattern SOUND_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /// OpenAI's clients show it with an error.
    static final String REQUEST_ID = "x-request-id";

    private final Keys keys;
    private final ObjectMapper mapper;
    private final MeterRegistry metrics;
    private final long maxBody;
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);

    Api(Keys keys, ObjectMapper mapper, MeterRegistry metrics, ServingConfig config) {
        this.keys = keys;
        this.mapper = bounded(mapper, config.limits().depth());
        this.metrics = metrics;
        this.maxBody = config.limits().body().asLongValue();
    }

    /// Bodies nested deeper are refused while they are read.
    private static ObjectMapper bounded(ObjectMapper mapper, int depth) {
        ObjectMapper bounded = mapper.copy();
        bounded.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(depth).build());
        return bounded;
    }

    /// What a path does.
    @FunctionalInterface
    public interface Call {
        /// Answers, or throws an [ApiException] that says why not.
        void answer(Exchange exchange) throws Exception;
    }

    /// A path that is read.
    public void get(Router router, String path, Role role, ErrorForm form, Call call) {
        bare(() -> router.route(HttpMethod.GET, path), role, form, call);
    }

    /// A path whose thing is deleted.
    public void delete(Router router, String path, Role role, ErrorForm form, Call call) {
        bare(() -> router.route(HttpMethod.DELETE, path), role, form, call);
    }

    private void bare(Supplier<Route> route, Role role, ErrorForm form, Call call) {
        route.get().handler(routing -> admit(routing, Set.of(role), false));
        route.get().handler(routing -> dispatch(routing, call)).failureHandler(failing(form));
    }

    /// A path that takes a JSON body.
    public void post(Router router, String path, Role role, ErrorForm form, Call call) {
        post(router, path, Set.of(role), form, call);
    }

    /// A path that takes a JSON body from keys with any of these roles.
    public void post(Router router, String path, Set<Role> roles, ErrorForm form, Call call) {
        post(router, path, roles, form, () -> {}, call);
    }

    /// The same, with a check before the body is read.
    ///
    /// @param open throws an [ApiException] where nobody can be answered now; it must not block
    public void post(
            Router router, String path, Set<Role> roles, ErrorForm form, Runnable open, Call call) {
        Supplier<Route> route = () -> router.route(HttpMethod.POST, path);
        route.get().handler(routing -> admit(routing, roles, true));
        route.get()
                .handler(routing -> {
                    open.run();
                    routing.next();
                });
        route.get().handler(BodyHandler.create(false).setBodyLimit(maxBody));
        route.get().handler(routing -> dispatch(routing, call)).failureHandler(failing(form));
    }

    private Handler<RoutingContext> failing(ErrorForm form) {
        return routing -> fail(routing, form);
    }

    private void admit(RoutingContext routing, Set<Role> roles, boolean takesBody) {
        routing.addEndHandler(end -> count(routing, end.failed()));
        routing.response().putHeader(REQUEST_ID, requestId(routing));
        ApiKey key = keys.require(routing.request().getHeader("Authorization"), roles);
        if (takesBody) {
            String type = routing.request().getHeader("Content-Type");
            if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
                throw ApiException.unsupportedMediaType(
                        "the body must be JSON with Content-Type: application/json, got " + type);
            }
        }
        routing.put("key", key);
        routing.next();
    }

    /// The caller's own name for its request where it gave a sound one.
    private static String requestId(RoutingContext routing) {
        String given = routing.request().getHeader(REQUEST_ID);
        return given != null && SOUND_ID.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
    }

    private void dispatch(RoutingContext routing, Call call) {
        Context context = routing.vertx().getOrCreateContext();
        ApiKey key = Objects.requireNonNull(routing.get("key"));
        Exchange exchange = new Exchange(routing, context, mapper, key, keys.callerOf(key));
        String id = exchange.requestId();
        if (!room.tryAcquire()) {
            throw ApiException.tooManyRequests(
                    "queue_full",
                    Duration.ofSeconds(1),
                    "%d requests are being taken in already; try again".formatted(MOST_AT_ONCE));
        }
        try {
            handlers.execute(() -> {
                MDC.put("request", id);
                try {
                    call.answer(exchange);
                } catch (Exception e) {
                    context.runOnContext(_ -> routing.fail(e));
                } finally {
                    MDC.remove("request");
                    room.release();
                }
            });
        } catch (RejectedExecutionException e) {
            room.release();
            throw ApiException.unavailable(
                    "stopping", Duration.ofSeconds(5), "serving is stopping");
        }
    }

    private void fail(RoutingContext routing, ErrorForm form) {
        if (routing.response().ended() || routing.response().closed()) {
            return;
        }
        ApiException error =
                switch (routing.failure()) {
                    case ApiException api -> api;
                    case null, default -> unexpected(routing);
                };
        if (routing.response().headWritten()) {
            LOG.errorf(error, "%s failed after its answer began", routing.normalizedPath());
            routing.response().reset();
            return;
        }
        routing.response().setStatusCode(error.status());
        routing.response().putHeader("content-type", form.mediaType());
        error.retryAfter()
                .ifPresent(wait ->
                        routing.response()
                                .putHeader(
                                        "retry-after",
                                        String.valueOf(Math.ceilDiv(wait.toMillis(), 1_000))));
        if (error.status() == 401) {
            routing.response().putHeader("www-authenticate", "Bearer");
        }
        routing.response().end(form.body(error).toString());
    }

    private ApiException unexpected(RoutingContext routing) {
        if (routing.statusCode() == 413) {
            return ApiException.tooLarge(
                    "a body may have at most %d bytes (serving.limits.body)".formatted(maxBody));
        }
        LOG.errorf(routing.failure(), "%s failed", routing.normalizedPath());
        return ApiException.internal();
    }

    /// 499, as nginx counts it, where the reader left before the end.
    private void count(RoutingContext routing, boolean gone) {
        metrics.counter(
                        "thumbwheel.requests",
                        "path",
                        routing.currentRoute() == null
                                ? "unknown"
                                : String.valueOf(routing.currentRoute().getPath()),
                        "status",
                        gone ? "499" : String.valueOf(routing.response().getStatusCode()))
                .increment();
    }

    @PreDestroy
    void stop() {
        handlers.shutdownNow();
    }
}
