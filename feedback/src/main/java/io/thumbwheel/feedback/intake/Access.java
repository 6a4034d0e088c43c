package io.thumbwheel.feedback.intake;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who may do what here, by the API key that a request presents.
public final class Access {
    private final ApiKeys keys;

    public Access(ApiKeys keys) {
        this.keys = keys;
    }

    /// Does it where the key has one of `roles`; else says what is missing.
    ///
    /// @param authorization the header of that name
    /// @param refused makes an answer of a refusal
    /// @param allowed what the key may do
    public <T> T with(
            @Nullable String authorization,
            List<Role> roles,
            Function<Response, T> refused,
            Function<ApiKey, T> allowed) {
        ApiKey key = keys.ofHeader(authorization).orElse(null);
        if (key == null) {
            return refused.apply(
                    Problem.of(
                                    Problem.Kind.UNAUTHENTICATED,
                                    "send a key of the platform: Authorization: Bearer <key>")
                            .response()
                            .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                            .build());
        }
        if (roles.stream().noneMatch(key::may)) {
            return refused.apply(
                    Problem.of(
                                    Problem.Kind.FORBIDDEN,
                                    "key '%s' lacks the role %s"
                                            .formatted(
                                                    key.name(),
                                                    roles.stream()
                                                            .map(role ->
                                                                    role.name()
                                                                            .toLowerCase(
                                                                                    Locale.ROOT))
                                                            .collect(Collectors.joining(" or "))))
                            .response()
                            .build());
        }
        return allowed.apply(key);
    }
}
