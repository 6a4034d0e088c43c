package io.thumbwheel.feedback.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StandardSignatureTest {
    /// The example of the specification's own libraries (github.com/standard-webhooks).
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long AT = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static final String OTHER = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

    @Test
    void signsAsTheSpecificationDoes() {
        assertThat(StandardSignature.sign(SECRET, ID, AT, BODY)).isEqualTo(SIGNED);
    }

    @Test
    void oneOfSeveralSignaturesAndSecretsIsEnough() {
        String header = "v1,bm90IGl0 v2,x " + SIGNED + " v1,%%%";

        assertThat(verifies(List.of(SECRET), header)).isTrue();
        assertThat(verifies(List.of(OTHER, SECRET), header)).isTrue();
        assertThat(verifies(List.of(OTHER), header)).isFalse();
        assertThat(verifies(List.of(SECRET), "")).isFalse();
    }

    @Test
    void everyByteIsSigned() {
        byte[] changed = BODY.clone();
        changed[3] ^= 1;

        assertThat(
                        StandardSignature.verifies(
                                List.of(SECRET), ID, String.valueOf(AT), changed, SIGNED))
                .isFalse();
        assertThat(
                        StandardSignature.verifies(
                                List.of(SECRET), ID, String.valueOf(AT + 1), BODY, SIGNED))
                .isFalse();
        assertThat(
                        StandardSignature.verifies(
                                List.of(SECRET), ID + "x", String.valueOf(AT), BODY, SIGNED))
                .isFalse();
    }

    @Test
    void keyPairsSignToo() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String secret =
                "whsk_" + base64(((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow());
        byte[] encoded = pair.getPublic().getEncoded();
        String known =
                "whpk_" + base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));

        String signature = StandardSignature.sign(secret, ID, AT, BODY);

        assertThat(signature).startsWith("v1a,");
        assertThat(verifies(List.of(known), signature)).isTrue();
        assertThat(verifies(List.of(SECRET), signature)).isFalse();
    }

    @Test
    void refusesWhatIsNoSecret() {
        StandardSignature.check(SECRET);
        assertThatThrownBy(() -> StandardSignature.check("whsec_c2hvcnQ="))
                .hasMessage("a shared secret needs at least 24 bytes, got 5");
        assertThatThrownBy(() -> StandardSignature.check("whsec_!!"))
                .hasMessageContaining("base64");
        assertThatThrownBy(() -> StandardSignature.check("whpk_c2hvcnQ="))
                .hasMessageContaining("32 bytes");
    }

    private static boolean verifies(List<String> secrets, String header) {
        return StandardSignature.verifies(secrets, ID, String.valueOf(AT), BODY, header);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
