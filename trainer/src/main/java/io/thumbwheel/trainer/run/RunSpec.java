package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Everything that decides how a run ends, fixed when it is accepted: a run that is taken up again
/// learns from the same data towards the same result.
///
/// @param run run id
/// @param trigger why it began
/// @param createdAt when it was accepted
/// @param seed of everything drawn by chance
/// @param ordinal which refresh of the store it is, from 1
/// @param klCoefficient β at the end of the refresh that made the serving release; null where none
///   did
/// @param reference release id of r0
/// @param serving release id of the primary that it starts from
/// @param until the offsets that its data ends at
/// @param datasetHash SHA-256 over its live examples
/// @param dataset live examples by split
/// @param config the effective configuration
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunSpec(
        String run,
        Trigger trigger,
        Instant createdAt,
        long seed,
        int ordinal,
        @Nullable Double klCoefficient,
        String reference,
        String serving,
        Offsets until,
        String datasetHash,
        SortedMap<String, Long> dataset,
        RefreshConfig config) {
    public RunSpec {
        dataset = new TreeMap<>(dataset);
    }
}
