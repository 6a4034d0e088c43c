package io.thumbwheel.serving.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.TestingConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCheckTest {
    private static ServingConfig config(Map<String, String> more) {
        return TestingConfig.of(more);
    }

    @Test
    void theDefaultsAreSound() {
        ServingConfig config = config(Map.of());

        assertThatCode(() -> ConfigCheck.run(config)).doesNotThrowAnyException();
        assertThat(config.queue().slots()).isEqualTo(16);
        assertThat(config.journal().patience()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.journal().spool().asLongValue()).isEqualTo(256 << 20);
        assertThat(config.limits().body().asLongValue()).isEqualTo(1024 * 1024);
    }

    @ParameterizedTest
    @CsvSource({
        "serving.queue.slots, 0",
        "serving.queue.waiting, -1",
        "serving.queue.longest-wait, 0s",
        "serving.limits.messages, 0",
        "serving.limits.depth, 1",
        "serving.rate.per-minute, -1",
        "serving.rate.burst, 15",
        "serving.limits.body, 12",
        "serving.engine.near-enough, -0.1",
        "serving.residence.on-demand, 100",
        "serving.journal.patience, 0s",
        "serving.journal.spool, 12",
        "serving.journal.delivery, 1s"
    })
    void aSenselessValueIsRefusedByItsKey(String key, String value) {
        assertThatThrownBy(() -> ConfigCheck.run(config(Map.of(key, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }

    @Test
    void theDescriptionNamesWhatCounts() {
        assertThat(ConfigCheck.describe(config(Map.of("serving.queue.slots", "7"))))
                .contains("replica=one", "slots=7", "patience=PT0.5S");
    }
}
