package io.thumbwheel.feedback.webhook;

import io.thumbwheel.feedback.webhook.WebhookSettings.Source;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Whether a delivery comes from its source. The raw bytes are looked at, before anything reads
/// them.
sealed interface Proof {
    /// It does.
    ///
    /// @param delivery the sender's id of it; the digest of the body where it has none
    record Genuine(String delivery) implements Proof {}

    /// A header is missing or makes no sense.
    record Incomplete(String detail) implements Proof {}

    /// It does not; which secret or signature was wrong is nobody's business.
    record Forged() implements Proof {}

    /// How far the sender's clock may be off (Standard Webhooks).
    Duration TOLERANCE = Duration.ofMinutes(5);

    /// Looks at a delivery.
    ///
    /// @param headers names in lower case
    static Proof of(Source source, Map<String, String> headers, byte[] body, Clock clock) {
        return switch (source.signature()) {
            case STANDARD -> standard(source.secrets(), headers, body, clock);
            case GITHUB -> github(source.secrets(), headers, body);
            case BEARER -> bearer(source.secrets(), headers, body);
        };
    }

    private static Proof standard(
            List<String> secrets, Map<String, String> headers, byte[] body, Clock clock) {
        String id = headers.getOrDefault("webhook-id", "");
        String timestamp = headers.getOrDefault("webhook-timestamp", "");
        String signature = headers.getOrDefault("webhook-signature", "");
        if (id.isEmpty() || id.length() > 256 || id.contains(".") || signature.isEmpty()) {
            return new Incomplete(
                    "webhook-id (without dots), webhook-timestamp and webhook-signature are needed");
        }
        if (!timestamp.matches("\\d{1,12}")) {
            return new Incomplete("webhook-timestamp must be seconds since 1970");
        }
        long off = Math.abs(Long.parseLong(timestamp) - clock.instant().getEpochSecond());
        return off <= TOLERANCE.toSeconds()
                        && StandardSignature.verifies(secrets, id, timestamp, body, signature)
                ? new Genuine(id)
                : new Forged();
    }

    private static Proof github(List<String> secrets, Map<String, String> headers, byte[] body) {
        String signature = headers.getOrDefault("x-hub-signature-256", "");
        if (signature.isEmpty()) {
            return new Incomplete("X-Hub-Signature-256 is needed");
        }
        boolean genuine = false;
        for (String secret : secrets) {
            genuine |= equal(signature, "sha256=" + HexFormat.of().formatHex(mac(secret, body)));
        }
        return genuine
                ? new Genuine(headers.getOrDefault("x-github-delivery", digest(body)))
                : new Forged();
    }

    private static Proof bearer(List<String> secrets, Map<String, String> headers, byte[] body) {
        String authorization = headers.getOrDefault("authorization", "");
        boolean genuine = false;
        for (String secret : secrets) {
            genuine |= equal(authorization, "Bearer " + secret);
        }
        return genuine
                ? new Genuine(
                        headers.getOrDefault(
                                "webhook-id",
                                headers.getOrDefault("idempotency-key", digest(body))))
                : new Forged();
    }

    private static boolean equal(String presented, String right) {
        return MessageDigest.isEqual(
                presented.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /// SHA-256 in hex.
    static String digest(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
