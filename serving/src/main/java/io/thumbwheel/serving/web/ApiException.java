package io.thumbwheel.serving.web;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request that is not carried out, and why, in words for the caller. It changed nothing.
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final @Nullable String param;
    private final @Nullable Duration retryAfter;

    private ApiException(
            int status,
            String code,
            @Nullable String param,
            @Nullable Duration retryAfter,
            String message) {
        super(message, null, false, false); // an answer: under load there are hundreds a second
        this.status = status;
        this.code = code;
        this.param = param;
        this.retryAfter = retryAfter;
    }

    /// 400: a field that cannot be served as asked.
    public static ApiException badRequest(String code, @Nullable String param, String message) {
        return new ApiException(400, code, param, null, message);
    }

    /// 401: no key, or none that is known.
    static ApiException unauthorized(String message) {
        return new ApiException(401, "invalid_api_key", null, null, message);
    }

    /// 403: a key without the role.
    static ApiException forbidden(String message) {
        return new ApiException(403, "insufficient_permissions", null, null, message);
    }

    /// 404: something named that is not there.
    public static ApiException notFound(String code, @Nullable String param, String message) {
        return new ApiException(404, code, param, null, message);
    }

    /// 409: somebody else decided first.
    public static ApiException conflict(String code, String message) {
        return new ApiException(409, code, null, null, message);
    }

    /// 413: a body beyond the limit.
    static ApiException tooLarge(String message) {
        return new ApiException(413, "request_too_large", null, null, message);
    }

    /// 415: a body that is not said to be JSON.
    static ApiException unsupportedMediaType(String message) {
        return new ApiException(415, "unsupported_media_type", null, null, message);
    }

    /// 422: a readable request about something that cannot be.
    public static ApiException unprocessable(String code, @Nullable String param, String message) {
        return new ApiException(422, code, param, null, message);
    }

    /// 429: too much at once.
    public static ApiException tooManyRequests(String code, Duration retryAfter, String message) {
        return new ApiException(429, code, null, retryAfter, message);
    }

    /// 503: not now.
    public static ApiException unavailable(String code, Duration retryAfter, String message) {
        return new ApiException(503, code, null, retryAfter, message);
    }

    /// 500: a fault of ours that can be told.
    public static ApiException failed(String message) {
        return new ApiException(500, "internal_error", null, null, message);
    }

    /// 500: a fault of ours that only the log knows.
    static ApiException internal() {
        return failed("something went wrong in serving; its log says what");
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// The reason as a word that programs can tell apart.
    public String code() {
        return code;
    }

    /// The field at fault, as the request names it.
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /// When to try again.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /// The kind of error in OpenAI's words.
    public String type() {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            case 500 -> "internal_server_error";
            case 503 -> "service_unavailable_error";
            default -> "invalid_request_error";
        };
    }
}
