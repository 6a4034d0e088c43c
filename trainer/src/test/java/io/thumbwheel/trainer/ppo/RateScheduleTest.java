package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateScheduleTest {
    @ParameterizedTest
    @CsvSource({
        "CONSTANT, 0, 1",
        "CONSTANT, 1, 1",
        "LINEAR, 0, 1",
        "LINEAR, 0.25, 0.75",
        "LINEAR, 1, 0",
        "COSINE, 0, 1",
        "COSINE, 0.5, 0.5",
        "COSINE, 1, 0"
    })
    void fallsAsItsNameSays(RateSchedule schedule, double done, double factor) {
        assertThat(schedule.at(done)).isCloseTo(factor, within(1e-12));
    }
}
