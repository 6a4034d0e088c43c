package io.thumbwheel.standalone.platform;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The development keys of a platform on one machine: made once at random, kept in `keys.json`
/// (0600), never on a command line.
final class Keys {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Keys() {}

    /// Reads the keys, or makes them where the file is missing.
    ///
    /// @throws CannotRunException where the file is there and cannot be read as keys
    static ApiKeys readOrMake(Path file) throws CannotRunException {
        try {
            if (!Files.exists(file)) {
                DataFolder.writeSecret(
                        file,
                        JsonMapper.builder()
                                .build()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsBytes(make()));
            }
            ApiKeys keys = ApiKeys.read(file);
            keys.signingKey();
            for (String name : List.of("chat", "feedback", "labeler", "operator", "simulated")) {
                secret(keys, name);
            }
            return keys;
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            throw new CannotRunException(
                    "%s is not a file of keys (%s): restore it; or delete it, then new keys are made and feedback on answers given before is refused"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /// The secret of the key with a name.
    static String secret(ApiKeys keys, String name) {
        return keys.keys().stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no key named " + name))
                .key();
    }

    private static ApiKeys make() {
        byte[] signing = new byte[32];
        RANDOM.nextBytes(signing);
        return new ApiKeys(
                Base64.getEncoder().encodeToString(signing),
                List.of(
                        // Who chats also gives thumbs: the chat page has one key.
                        key("chat", "local", Set.of(Role.CHAT, Role.FEEDBACK), RaterKind.USER),
                        key("feedback", "local", Set.of(Role.FEEDBACK), RaterKind.USER),
                        key(
                                "labeler",
                                "local",
                                Set.of(Role.FEEDBACK, Role.LABELER),
                                RaterKind.LABELER),
                        key("operator", "local", Set.of(Role.OPERATOR), RaterKind.USER),
                        key(
                                "simulated",
                                "simulated",
                                Set.of(Role.CHAT, Role.FEEDBACK),
                                RaterKind.SIMULATED)));
    }

    private static ApiKey key(String name, String tenant, Set<Role> roles, RaterKind raters) {
        byte[] secret = new byte[20];
        RANDOM.nextBytes(secret);
        return new ApiKey(
                name, "tw-" + name + "-" + HexFormat.of().formatHex(secret), tenant, roles, raters);
    }
}
