package io.thumbwheel.feedback.watch;

import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Why a request is not answered, as RFC 9457 has it.
enum Refusal {
    MALFORMED("malformed", 400, "The request cannot be read"),
    UNAUTHENTICATED("unauthenticated", 401, "An API key is needed"),
    FORBIDDEN("forbidden", 403, "The API key may not do this"),
    UNKNOWN("unknown-rater", 404, "There is no such rater"),
    UNACCEPTABLE("unacceptable", 422, "The request asks for something impossible"),
    KAFKA_AWAY("log-unavailable", 503, "The decision could not be stored");

    private final String name;
    private final int status;
    private final String title;

    Refusal(String name, int status, String title) {
        this.name = name;
        this.status = status;
        this.title = title;
    }

    Response response(String detail) {
        Response.ResponseBuilder response =
                Response.status(status)
                        .type("application/problem+json")
                        .entity(
                                Map.of(
                                        "type", "urn:thumbwheel:problem:" + name,
                                        "title", title,
                                        "status", status,
                                        "detail", detail));
        return switch (this) {
            case UNAUTHENTICATED -> response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").build();
            case KAFKA_AWAY -> response.header(HttpHeaders.RETRY_AFTER, 1).build();
            case MALFORMED, FORBIDDEN, UNKNOWN, UNACCEPTABLE -> response.build();
        };
    }

    /// What is wrong with the key; empty where it may.
    static Optional<Response> of(Optional<ApiKey> key, Role needed) {
        if (key.isEmpty()) {
            return Optional.of(
                    UNAUTHENTICATED.response(
                            "send a key of the platform: Authorization: Bearer <key>"));
        }
        if (!key.get().may(needed)) {
            return Optional.of(
                    FORBIDDEN.response(
                            "key '%s' lacks the role %s"
                                    .formatted(
                                            key.get().name(),
                                            needed.name().toLowerCase(Locale.ROOT))));
        }
        return Optional.empty();
    }
}
