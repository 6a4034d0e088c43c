package io.thumbwheel.trainer.export;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The name of a set of examples: SHA-256 over their events as they were written, sorted by id, one
/// a line. The same examples have the same hash, whatever was killed while they were collected.
public final class DatasetHash {
    private final MessageDigest sha256;

    /// Of no example.
    public DatasetHash() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The example with the next higher id.
    public void add(String body) {
        sha256.update(body.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) '\n');
    }

    /// Of all that was added, 64 hex digits; once.
    public String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
