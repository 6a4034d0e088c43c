package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NetworkTest {
    private static final SigningKey SIGNING = Keys.signing('n');

    @Test
    void neighboursShareANetwork() {
        assertThat(Network.of(SIGNING, "192.0.2.1"))
                .isEqualTo(Network.of(SIGNING, "192.0.2.254:4711"))
                .hasValueSatisfying(name -> assertThat(name).matches("[0-9a-f]{16}"))
                .isNotEqualTo(Network.of(SIGNING, "192.0.3.1"));
        assertThat(Network.of(SIGNING, "2001:db8:1:2::3"))
                .isEqualTo(Network.of(SIGNING, "[2001:db8:1:ffff::1]:443"))
                .isEqualTo(Network.of(SIGNING, "2001:db8:1::9%eth0"))
                .isNotEqualTo(Network.of(SIGNING, "2001:db8:2::3"));
    }

    @Test
    void whatIsNoAddressHasNone() {
        assertThat(Network.of(SIGNING, null)).isEmpty();
        assertThat(Network.of(SIGNING, "unknown")).isEmpty();
        assertThat(Network.of(SIGNING, "localhost")).isEmpty();
        assertThat(Network.of(SIGNING, "1.2.3.999")).isEmpty();
        assertThat(Network.of(SIGNING, "")).isEmpty();
    }
}
