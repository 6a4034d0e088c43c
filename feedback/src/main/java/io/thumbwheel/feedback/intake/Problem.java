package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/// An error as RFC 9457 has it.
///
/// @param type a URI reference that names the kind of problem
/// @param title the kind in words
/// @param status the HTTP status
/// @param detail what happened here and what to do
/// @param field the field at fault, where there is one
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type, String title, int status, String detail, @Nullable String field) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /// Of a kind.
    public static Problem of(Kind kind, String detail) {
        return of(kind, detail, null);
    }

    static Problem of(Kind kind, String detail, @Nullable String field) {
        return new Problem(
                "urn:thumbwheel:problem:" + kind.name, kind.title, kind.status, detail, field);
    }

    /// As an answer.
    public Response.ResponseBuilder response() {
        return Response.status(status).type(MEDIA_TYPE).entity(this);
    }

    /// The kinds of problem.
    public enum Kind {
        MALFORMED("malformed", 400, "The request cannot be read"),
        UNAUTHENTICATED("unauthenticated", 401, "An API key is needed"),
        FORBIDDEN("forbidden", 403, "The API key may not do this"),
        UNKNOWN_COMPLETION("unknown-completion", 404, "There is no such completion"),
        UNKNOWN_FEEDBACK("unknown-feedback", 404, "There is no such feedback"),
        UNKNOWN_RATER("unknown-rater", 404, "There is no such rater"),
        UNKNOWN_SOURCE("unknown-source", 404, "There is no such source of webhooks"),
        REUSED_ID("reused-id", 409, "The id was used for something else"),
        UNSUPPORTED("unsupported-media-type", 415, "The request is of another type"),
        JOIN_AWAY("join-unavailable", 503, "What became of it cannot be read just now"),
        TOO_LARGE("too-large", 413, "The request is too large"),
        TOO_MANY("too-many", 429, "There are too many requests"),
        UNACCEPTABLE("unacceptable", 422, "The request asks for something impossible"),
        KAFKA_AWAY("log-unavailable", 503, "The feedback could not be stored");

        private final String name;
        private final int status;
        private final String title;

        Kind(String name, int status, String title) {
            this.name = name;
            this.status = status;
            this.title = title;
        }
    }
}
