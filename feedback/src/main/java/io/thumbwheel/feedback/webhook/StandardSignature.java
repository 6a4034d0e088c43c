package io.thumbwheel.feedback.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signatures of Standard Webhooks 1.0.0 (standardwebhooks.com): over `id.timestamp.body`, as
/// `v1,<base64 of HMAC-SHA256>` with a shared secret or `v1a,<base64 of ed25519>` with a key pair.
/// Secrets are written `whsec_`, private keys `whsk_`, public keys `whpk_`, each before base64.
final class StandardSignature {
    private static final String SHARED = "whsec_";
    private static final String PRIVATE = "whsk_";
    private static final String PUBLIC = "whpk_";

    /// What stands before the 32 bytes of an ed25519 key in its X.509 form (RFC 8410).
    private static final byte[] X509 = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    private StandardSignature() {}

    /// The header `webhook-signature` of a message.
    ///
    /// @param secret `whsec_…` or `whsk_…`
    static String sign(String secret, String id, long timestamp, byte[] body) {
        byte[] signed = signed(id, String.valueOf(timestamp), body);
        try {
            if (secret.startsWith(PRIVATE)) {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(privateKey(secret));
                signature.update(signed);
                return "v1a," + base64(signature.sign());
            }
            return "v1," + base64(mac(secret, signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a checked secret must sign", e);
        }
    }

    /// Whether one of the signatures is made with one of the secrets; all are tried.
    ///
    /// @param secrets `whsec_…` or `whpk_…`, several while they are exchanged
    /// @param header `webhook-signature`: signatures separated by spaces
    static boolean verifies(
            List<String> secrets, String id, String timestamp, byte[] body, String header) {
        byte[] signed = signed(id, timestamp, body);
        List<String> signatures = List.of(header.split(" ", -1));
        boolean verified = false;
        for (String secret : secrets) {
            verified |=
                    secret.startsWith(PUBLIC)
                            ? any(signatures, "v1a,", bytes -> isSigned(secret, signed, bytes))
                            : any(
                                    signatures,
                                    "v1,",
                                    bytes -> MessageDigest.isEqual(bytes, mac(secret, signed)));
        }
        return verified;
    }

    /// Refuses what is no secret to sign or verify with.
    ///
    /// @throws IllegalArgumentException says what is wrong, never the secret
    static void check(String secret) {
        try {
            if (secret.startsWith(PRIVATE)) {
                privateKey(secret);
            } else if (secret.startsWith(PUBLIC)) {
                publicKey(secret);
            } else if (bytes(secret).length < 24) {
                throw new IllegalArgumentException(
                        "a shared secret needs at least 24 bytes, got " + bytes(secret).length);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("an ed25519 key is 32 bytes in base64", e);
        }
    }

    private static boolean any(
            List<String> signatures, String version, Predicate<byte[]> verifies) {
        boolean any = false;
        for (String signature : signatures) {
            if (signature.startsWith(version)) {
                try {
                    any |=
                            verifies.test(
                                    Base64.getDecoder()
                                            .decode(signature.substring(version.length())));
                } catch (IllegalArgumentException _) {
                    // No base64 is no signature; another may be one.
                }
            }
        }
        return any;
    }

    private static byte[] mac(String secret, byte[] signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
            return mac.doFinal(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static boolean isSigned(String publicKey, byte[] signed, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey(publicKey));
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static PrivateKey privateKey(String secret) throws GeneralSecurityException {
        // Some write the public key behind the seed.
        byte[] seed = Arrays.copyOf(bytes(secret), 32);
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    private static PublicKey publicKey(String secret) throws GeneralSecurityException {
        byte[] key = bytes(secret);
        byte[] encoded = Arrays.copyOf(X509, X509.length + key.length);
        System.arraycopy(key, 0, encoded, X509.length, key.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static byte[] signed(String id, String timestamp, byte[] body) {
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        byte[] signed = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, signed, head.length, body.length);
        return signed;
    }

    private static byte[] bytes(String secret) {
        String base64 = secret;
        for (String prefix : List.of(SHARED, PRIVATE, PUBLIC)) {
            base64 = base64.startsWith(prefix) ? base64.substring(prefix.length()) : base64;
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a secret is whsec_, whsk_ or whpk_ and base64: this one is not", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
