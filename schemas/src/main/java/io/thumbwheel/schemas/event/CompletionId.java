package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.github.f4b6a3.uuid.UuidCreator;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;

/// Names a completion so that its feedback can be routed and checked without a look-up:
/// `chatcmpl-<UUIDv7>-<16 hex>`, where the hex holds the route (4, hash of the conversation), the
/// number of choices less one (1) and a truncated HMAC over all before it (11, 44 bits).
///
/// Answers that the platform never served have an id too ([#imported]): the same for the same
/// answers, at the end of all times.
///
/// @param uuid UUIDv7, so ids sort by time
/// @param route Kafka key of everything about the conversation, 4 hex digits
/// @param choices how many answers it has, 1 to 16
/// @param tag truncated HMAC, 11 hex digits
public record CompletionId(UUID uuid, String route, int choices, String tag) {
    /// Most answers to one request.
    public static final int MAX_CHOICES = 16;

    /// The last time that a UUIDv7 can have: no answer was served then.
    private static final long IMPORTED = (1L << 48) - 1;

    /// What an id looks like: x is a hex digit in lower case, all else is itself. Compared by hand,
    /// since ids are read for every opinion several times.
    private static final String FORM =
            "chatcmpl-xxxxxxxx-xxxx-7xxx-xxxx-xxxxxxxxxxxx-xxxxxxxxxxxxxxxx";

    private static final int UUID_AT = "chatcmpl-".length();
    private static final int ROUTE_AT = UUID_AT + 37;

    public CompletionId {
        if (choices < 1 || choices > MAX_CHOICES) {
            throw new IllegalArgumentException(
                    "a completion has 1 to %d choices, got %d".formatted(MAX_CHOICES, choices));
        }
    }

    /// A new id.
    public static CompletionId mint(String conversation, int choices, SigningKey key) {
        UUID uuid = UuidCreator.getTimeOrderedEpoch();
        String route = routeOf(conversation);
        return new CompletionId(uuid, route, choices, tag(uuid, route, choices, key));
    }

    /// The id of answers that were imported; the same for the same content.
    ///
    /// @param content tells these answers from all others
    public static CompletionId imported(String content, int choices, SigningKey key) {
        ByteBuffer hash = ByteBuffer.wrap(SigningKey.sha256(content));
        long high = IMPORTED << 16 | 0x7000 | hash.getLong() & 0x0fff;
        long low = hash.getLong() & Long.MAX_VALUE >>> 1 | Long.MIN_VALUE;
        UUID uuid = new UUID(high, low);
        String route = routeOf(content);
        return new CompletionId(uuid, route, choices, tag(uuid, route, choices, key));
    }

    /// Whether the answers were imported.
    public boolean isImported() {
        return mintedAt() == IMPORTED;
    }

    /// When it was minted, epoch milliseconds.
    public long mintedAt() {
        return uuid.getMostSignificantBits() >>> 16;
    }

    /// Reads an id; whether it is genuine is for [#signedBy] to say.
    ///
    /// @throws IllegalArgumentException where it has not the form of one
    @JsonCreator
    public static CompletionId parse(String text) {
        if (!hasForm(text)) {
            throw new IllegalArgumentException(
                    "a completion id looks like chatcmpl-<uuid>-<16 hex digits>, got '"
                            + text
                            + "'");
        }
        return new CompletionId(
                UUID.fromString(text.substring(UUID_AT, ROUTE_AT - 1)),
                text.substring(ROUTE_AT, ROUTE_AT + 4),
                Character.digit(text.charAt(ROUTE_AT + 4), 16) + 1,
                text.substring(ROUTE_AT + 5));
    }

    private static boolean hasForm(String text) {
        if (text.length() != FORM.length()) {
            return false;
        }
        for (int at = 0; at < FORM.length(); at++) {
            char said = text.charAt(at);
            boolean fits =
                    FORM.charAt(at) == 'x'
                            ? said >= '0' && said <= '9' || said >= 'a' && said <= 'f'
                            : said == FORM.charAt(at);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /// The route of a conversation: the first 16 bits of its SHA-256.
    public static String routeOf(String conversation) {
        return HexFormat.of().formatHex(SigningKey.sha256(conversation), 0, 2);
    }

    /// Whether this platform minted it.
    public boolean signedBy(SigningKey key) {
        return SigningKey.equal(tag, tag(uuid, route, choices, key));
    }

    private static String tag(UUID uuid, String route, int choices, SigningKey key) {
        return key.mac("completion", uuid + route + choices).substring(0, 11);
    }

    @JsonValue
    @Override
    public String toString() {
        return "chatcmpl-" + uuid + "-" + route + Integer.toHexString(choices - 1) + tag;
    }
}
