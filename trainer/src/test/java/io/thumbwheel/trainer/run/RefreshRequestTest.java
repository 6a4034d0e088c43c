package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import io.thumbwheel.trainer.reward.HalfLife;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RefreshRequestTest {
    @Test
    void anEmptyBodyMeansTheDefaults() {
        RefreshRequest request = RefreshRequest.parse("");

        assertThat(request.config()).isEqualTo(RefreshConfig.standard());
        assertThat(request.limits()).isEmpty();
        assertThat(request.seed()).isEmpty();
    }

    @Test
    void changesAreMergedOverTheDefaults() {
        RefreshRequest request =
                RefreshRequest.parse(
                        """
                        {"examples_until": {"0": 12, "3": 0}, "seed": 7, "steps": 3,
                         "config": {"gate": {"answers": 64}, "klTargets": [2], "halfLife": "P30D"}}
                        """);

        assertThat(request.limits())
                .isEqualTo(Map.of(Topics.EXAMPLES, new TreeMap<>(Map.of(0, 12L, 3, 0L))));
        assertThat(request.seed()).isEqualTo(OptionalLong.of(7));
        assertThat(request.config().ppo().steps()).isEqualTo(3);
        assertThat(request.config().gate().answers()).isEqualTo(64);
        assertThat(request.config().gate().maxKl())
                .isEqualTo(RefreshConfig.standard().gate().maxKl());
        assertThat(request.config().klTargets()).containsExactly(2.0);
        assertThat(request.config().halfLife()).isEqualTo(HalfLife.parse("PT720H"));
    }

    @Test
    void nonsenseIsRefusedByItsName() {
        refused("{", "the body is not JSON");
        refused("[]", "must be a JSON object");
        refused("{\"step\": 3}", "unknown field 'step'");
        refused("{\"steps\": 0}", "steps must be above 0, got 0.0");
        refused("{\"examples_until\": {\"a\": 1}}", "examples_until maps partitions to offsets");
        refused("{\"config\": {\"ppo\": {\"step\": 1}}}", "config.ppo has no field 'step'");
        refused("{\"config\": {\"halfLife\": \"long\"}}", "config: a half-life is a duration");
        refused("{\"config\": {\"halfLife\": null}}", "halfLife is a duration such as P30D");
        refused("{\"config\": {\"goldPairs\": 0}}", "got goldPairs 0");
        refused("{\"seed\": \"x\"}", "seed must be a whole number");
    }

    private static void refused(String body, String reason) {
        assertThatThrownBy(() -> RefreshRequest.parse(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
