package io.thumbwheel.serving.release;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Places a conversation in the unit interval, always at the same point.
final class Sticky {
    private Sticky() {}

    /// A point in [0, 1), uniform over conversations: 53 bits of a SHA-256, other ones than the
    /// route's.
    static double place(String conversation) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(("arm\n" + conversation).getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1.0p-53;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
