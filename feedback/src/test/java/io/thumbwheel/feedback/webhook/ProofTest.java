package io.thumbwheel.feedback.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.webhook.WebhookSettings.Kind;
import io.thumbwheel.feedback.webhook.WebhookSettings.Source;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ProofTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final long AT = 1_614_265_330;
    private static final byte[] BODY = "Hello, World!".getBytes(StandardCharsets.UTF_8);

    @Test
    void standardWebhooksMayBeFiveMinutesOff() {
        assertThat(standard(AT)).isEqualTo(new Proof.Genuine("msg_1"));
        assertThat(standard(AT + 300)).isEqualTo(new Proof.Genuine("msg_1"));
        assertThat(standard(AT - 300)).isEqualTo(new Proof.Genuine("msg_1"));
        assertThat(standard(AT + 301)).isEqualTo(new Proof.Forged());
        assertThat(standard(AT - 301)).isEqualTo(new Proof.Forged());
    }

    @Test
    void aMissingHeaderIsSaid() {
        assertThat(Proof.of(source(Kind.STANDARD, SECRET), Map.of(), BODY, at(AT)))
                .isInstanceOf(Proof.Incomplete.class);
        assertThat(Proof.of(source(Kind.GITHUB, "x"), Map.of(), BODY, at(AT)))
                .isInstanceOf(Proof.Incomplete.class);
    }

    /// The example of GitHub's documentation on validating webhook deliveries.
    @Test
    void gitHubSignsTheBody() {
        Source source = source(Kind.GITHUB, "It's a Secret to Everybody");
        String right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

        assertThat(
                        Proof.of(
                                source,
                                Map.of("x-hub-signature-256", right, "x-github-delivery", "d1"),
                                BODY,
                                at(AT)))
                .isEqualTo(new Proof.Genuine("d1"));
        assertThat(
                        Proof.of(
                                source,
                                Map.of("x-hub-signature-256", right.replace('7', '8')),
                                BODY,
                                at(AT)))
                .isEqualTo(new Proof.Forged());
    }

    @Test
    void aBearerWithoutAnIdIsKnownByItsBody() {
        Source source = source(Kind.BEARER, "a secret of 20 chars");

        assertThat(
                        Proof.of(
                                source,
                                Map.of("authorization", "Bearer a secret of 20 chars"),
                                BODY,
                                at(AT)))
                .isEqualTo(new Proof.Genuine(Proof.digest(BODY)));
        assertThat(Proof.of(source, Map.of("authorization", "Bearer wrong"), BODY, at(AT)))
                .isEqualTo(new Proof.Forged());
        assertThat(Proof.of(source, Map.of(), BODY, at(AT))).isEqualTo(new Proof.Forged());
    }

    private static Proof standard(long now) {
        return Proof.of(
                source(Kind.STANDARD, SECRET),
                Map.of(
                        "webhook-id", "msg_1",
                        "webhook-timestamp", String.valueOf(AT),
                        "webhook-signature", StandardSignature.sign(SECRET, "msg_1", AT, BODY)),
                BODY,
                at(now));
    }

    private static Source source(Kind kind, String secret) {
        return new Source(
                new ApiKey("webhook/test", "", "acme", Set.of(), RaterKind.WEBHOOK),
                kind,
                List.of(secret),
                Mapping.of("$"),
                60);
    }

    private static Clock at(long second) {
        return Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC);
    }
}
