package io.thumbwheel.schemas.event;

import java.util.Arrays;
import java.util.Base64;

/// Signing keys that are the same in every run.
final class Keys {
    private Keys() {}

    static SigningKey signing(char letter) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) letter);
        return new SigningKey(Base64.getEncoder().encodeToString(secret));
    }
}
