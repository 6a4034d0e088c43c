package io.thumbwheel.serving.web;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.SigningKey;
import io.thumbwheel.serving.ServingConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who may ask what: the keys of the file `serving.keys`.
@Singleton
public final class Keys {
    private final ApiKeys keys;
    private final SigningKey signing;

    Keys(ServingConfig config) {
        try {
            keys = ApiKeys.read(config.keys());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot read the key file %s (serving.keys, THUMBWHEEL_KEYS): %s"
                            .formatted(config.keys(), e.getMessage()),
                    e);
        }
        signing = keys.signingKey();
    }

    /// What completion ids are signed with.
    public SigningKey signing() {
        return signing;
    }

    /// The pseudonym of a person that the caller speaks for; `anonymous` where none is named.
    public String pseudonym(ApiKey key, @Nullable String person) {
        return ApiKeys.pseudonym(signing, key, person == null ? "anonymous" : person);
    }

    /// Who calls, for what is shared out by key: names may be used twice, and the key is a secret.
    public String callerOf(ApiKey key) {
        return signing.mac("caller", key.key()).substring(0, 16);
    }

    ApiKey require(@Nullable String authorization, Set<Role> roles) {
        ApiKey key =
                keys.ofHeader(authorization)
                        .orElseThrow(() ->
                                ApiException.unauthorized(
                                        authorization == null
                                                ? "send an API key: Authorization: Bearer <key>"
                                                : "this API key is not known here"));
        if (roles.stream().noneMatch(key::may)) {
            throw ApiException.forbidden(
                    "key '%s' has not the role that this path needs: %s"
                            .formatted(
                                    key.name(),
                                    roles.stream()
                                            .map(role -> role.name().toLowerCase(Locale.ROOT))
                                            .sorted()
                                            .collect(Collectors.joining(" or "))));
        }
        return key;
    }
}
