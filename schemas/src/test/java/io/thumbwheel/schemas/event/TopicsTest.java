package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TopicsTest {
    @Test
    void theTopicsAsDeclaredAreRight() {
        assertThat(Topics.mismatch(declared())).isEmpty();
    }

    @Test
    void namesWhatIsMissing() {
        Map<String, Integer> partitions = declared();
        partitions.remove("swaps.v1");

        assertThat(Topics.mismatch(partitions)).contains("topics missing: swaps.v1");
    }

    @Test
    void theJoinNeedsEqualPartitions() {
        Map<String, Integer> partitions = declared();
        partitions.put("feedback.v1", 5);

        assertThat(Topics.mismatch(partitions).orElseThrow())
                .startsWith("completions.v1 has 4 partitions and feedback.v1 has 5");
    }

    @Test
    void decisionsNeedOneOrder() {
        Map<String, Integer> partitions = declared();
        partitions.put("releases.v1", 2);

        assertThat(Topics.mismatch(partitions).orElseThrow())
                .startsWith("releases.v1 must have 1 partition");
    }

    private static Map<String, Integer> declared() {
        return Stream.of(Topics.values())
                .collect(Collectors.toMap(Topics::topic, Topics::partitions));
    }
}
