package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.inject.Provider;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/// Who may do what: reading needs the role feedback; everything else, and reading what people
/// wrote, the role operator.
public final class KeyFilter {
    private final Provider<ApiKeys> keys;

    /// @param keys asked at the first request: filters are made before the configuration is known
    KeyFilter(Provider<ApiKeys> keys) {
        this.keys = keys;
    }

    @ServerRequestFilter
    Optional<Response> refusal(ContainerRequestContext request, SimpleResourceInfo resource) {
        Optional<ApiKey> key =
                keys.get().ofHeader(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        if (key.isEmpty()) {
            return Optional.of(
                    Problems.response(
                            Response.Status.UNAUTHORIZED,
                            "send an API key of this platform as Authorization: Bearer <key>"));
        }
        boolean reads = request.getMethod().equals(HttpMethod.GET);
        boolean texts = resource.getResourceClass() == ExampleResource.class;
        Role needed = reads && !texts ? Role.FEEDBACK : Role.OPERATOR;
        if (key.get().may(needed)) {
            return Optional.empty();
        }
        return Optional.of(
                Problems.response(
                        Response.Status.FORBIDDEN,
                        "the key '%s' lacks the role %s that this needs"
                                .formatted(
                                        key.get().name(), needed.name().toLowerCase(Locale.ROOT))));
    }
}
