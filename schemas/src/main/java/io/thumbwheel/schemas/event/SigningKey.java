package io.thumbwheel.schemas.event;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The platform's secret: signs completion ids and makes pseudonyms. All services share one.
public final class SigningKey {
    /// Never used itself: a copy of it spares looking for the algorithm and setting the key up.
    private final Mac keyed;

    /// @param base64 at least 32 random bytes
    public SigningKey(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length < 32) {
            throw new IllegalArgumentException(
                    "the signing key needs at least 32 bytes, got " + bytes.length);
        }
        try {
            keyed = Mac.getInstance("HmacSHA256");
            keyed.init(new SecretKeySpec(bytes, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /// HMAC-SHA256 of `text` in lower-case hex; `purpose` keeps uses apart.
    public String mac(String purpose, String text) {
        try {
            Mac mac = (Mac) keyed.clone();
            return HexFormat.of()
                    .formatHex(
                            mac.doFinal((purpose + "\n" + text).getBytes(StandardCharsets.UTF_8)));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's HmacSHA256 can be copied", e);
        }
    }

    static byte[] sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Equality in time that does not depend on where the texts differ.
    static boolean equal(String a, String b) {
        return MessageDigest.isEqual(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
