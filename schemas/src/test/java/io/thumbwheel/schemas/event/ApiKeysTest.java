package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiKeysTest {
    private static final SigningKey SIGNING = Keys.signing('a');
    private static final ApiKey APP =
            new ApiKey("app", "s3cret", "acme", Set.of(Role.CHAT), RaterKind.USER);
    private static final ApiKeys KEYS = new ApiKeys("", List.of(APP));

    @TempDir Path folder;

    @Test
    void readsTheFile() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("keys.json"),
                        """
                        {"signing": "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",
                         "keys": [{"name": "app", "key": "s3cret", "tenant": "acme",
                                   "roles": ["chat"], "raters": "user"}]}\
                        """);

        ApiKeys keys = ApiKeys.read(file);

        assertThat(keys.keys()).containsExactly(APP);
        assertThat(keys.signingKey().mac("x", "y")).isEqualTo(SIGNING.mac("x", "y"));
    }

    @Test
    void knowsAKeyByItsHeader() {
        assertThat(KEYS.ofHeader("Bearer s3cret")).contains(APP);
        assertThat(KEYS.ofHeader("Bearer wrong")).isEmpty();
        assertThat(KEYS.ofHeader("s3cret")).isEmpty();
        assertThat(KEYS.ofHeader(null)).isEmpty();
    }

    @Test
    void anOperatorMayEverything() {
        ApiKey operator = new ApiKey("op", "k", "acme", Set.of(Role.OPERATOR), RaterKind.USER);

        assertThat(operator.may(Role.LABELER)).isTrue();
        assertThat(APP.may(Role.CHAT)).isTrue();
        assertThat(APP.may(Role.FEEDBACK)).isFalse();
    }

    @Test
    void aPersonHasOnePseudonymWithinATenant() {
        ApiKey sameTenant = new ApiKey("web", "k", "acme", Set.of(), RaterKind.LABELER);
        ApiKey otherTenant = new ApiKey("app", "s3cret", "other", Set.of(), RaterKind.USER);

        String pseudonym = ApiKeys.pseudonym(SIGNING, APP, "u1");

        assertThat(pseudonym).matches("[0-9a-f]{32}");
        assertThat(ApiKeys.pseudonym(SIGNING, sameTenant, "u1")).isEqualTo(pseudonym);
        assertThat(ApiKeys.pseudonym(SIGNING, otherTenant, "u1")).isNotEqualTo(pseudonym);
        assertThat(ApiKeys.pseudonym(SIGNING, APP, "u2")).isNotEqualTo(pseudonym);
        assertThat(ApiKeys.pseudonym(Keys.signing('b'), APP, "u1")).isNotEqualTo(pseudonym);
    }

    @Test
    void theSigningKeyIsHmacSha256() {
        // printf 'purpose\ntext' | openssl dgst -sha256 -hmac aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        assertThat(SIGNING.mac("purpose", "text"))
                .isEqualTo("9433d289bc974b4ec48e716167babc8ba048df1d64a6da50a983e727903d1b41");
        assertThatThrownBy(() -> new SigningKey("YWFh"))
                .hasMessage("the signing key needs at least 32 bytes, got 3");
    }
}
