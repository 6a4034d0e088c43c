package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may do what: the API keys of a platform and its signing key, read from one JSON file that
/// all services share.
///
/// @param signing base64 of the [SigningKey]
/// @param keys the keys
public record ApiKeys(String signing, List<ApiKey> keys) {
    public ApiKeys {
        keys = List.copyOf(keys);
    }

    /// Reads the file.
    ///
    /// @throws IOException where it cannot be read or is not such a file
    public static ApiKeys read(Path file) throws IOException {
        return JsonMapper.builder().build().readValue(Files.readAllBytes(file), ApiKeys.class);
    }

    /// The signing key.
    public SigningKey signingKey() {
        return new SigningKey(signing);
    }

    /// The key that an `Authorization: Bearer …` header presents, if there is one.
    public Optional<ApiKey> ofHeader(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            return Optional.empty();
        }
        String presented = authorization.substring("Bearer ".length()).strip();
        return keys.stream().filter(key -> SigningKey.equal(key.key(), presented)).findFirst();
    }

    /// The pseudonym of a person: a keyed hash, so nobody can act as somebody else's user and no
    /// name is stored. People are told apart within a tenant, so that one person has one pseudonym
    /// as asker and as rater.
    public static String pseudonym(SigningKey signing, ApiKey key, String person) {
        return signing.mac("person", key.tenant() + "\n" + person).substring(0, 32);
    }

    /// One key.
    ///
    /// @param name for logs
    /// @param key the secret
    /// @param tenant whose users the key speaks for
    /// @param roles what it may do
    /// @param raters what kind of raters it speaks for
    public record ApiKey(
            String name,
            String key,
            String tenant,
            Set<Role> roles,
            FeedbackGiven.RaterKind raters) {
        public ApiKey {
            roles = Set.copyOf(roles);
        }

        /// Whether it has the role; an operator has every role.
        public boolean may(Role role) {
            return roles.contains(role) || roles.contains(Role.OPERATOR);
        }
    }

    /// What a key may do.
    public enum Role {
        @JsonProperty("chat")
        CHAT,
        @JsonProperty("feedback")
        FEEDBACK,
        @JsonProperty("labeler")
        LABELER,
        @JsonProperty("operator")
        OPERATOR
    }
}
