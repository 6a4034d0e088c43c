package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.inject.Provider;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Optional;

/// Who may do what: reading needs the role feedback, everything else the role operator.
@jakarta.ws.rs.ext.Provider
public final class KeyFilter implements ContainerRequestFilter {
    private final Provider<ApiKeys> keys;

    /// @param keys asked at the first request: filters are made before the configuration is known
    KeyFilter(Provider<ApiKeys> keys) {
        this.keys = keys;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Optional<ApiKey> key =
                keys.get().ofHeader(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        Role needed = request.getMethod().equals(HttpMethod.GET) ? Role.FEEDBACK : Role.OPERATOR;
        if (key.isEmpty()) {
            request.abortWith(
                    Problems.response(
                            Response.Status.UNAUTHORIZED,
                            "send an API key of this platform as Authorization: Bearer <key>"));
        } else if (!key.get().may(needed)) {
            request.abortWith(
                    Problems.response(
                            Response.Status.FORBIDDEN,
                            "the key '%s' lacks the role %s that this needs"
                                    .formatted(
                                            key.get().name(),
                                            needed.name().toLowerCase(Locale.ROOT))));
        }
    }
}
