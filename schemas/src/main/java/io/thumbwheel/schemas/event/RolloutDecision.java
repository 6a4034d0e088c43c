package io.thumbwheel.schemas.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which releases serve whom from now on. Topic `releases.v1`, one partition, kept for ever;
/// readers fold them in order with [RolloutState].
///
/// @param channel the rollout that it is about; `default`
/// @param at when it was decided
/// @param base revision of the state that the decider saw; a decision on a stale base counts for
///   nothing
/// @param primary release id
/// @param canary release id, or null
/// @param canaryShare share of conversations that the canary serves, 0 to 1
/// @param holdOut release id that a part of the conversations stays on, or null
/// @param holdOutShare that share, 0 to 1
/// @param pinned whether refreshes must not promote over it
/// @param by who or what decided
/// @param why in words
public record RolloutDecision(
        String channel,
        Instant at,
        long base,
        String primary,
        @Nullable String canary,
        double canaryShare,
        @Nullable String holdOut,
        double holdOutShare,
        boolean pinned,
        String by,
        String why)
        implements Event {
    public RolloutDecision {
        if (!(canaryShare >= 0 && holdOutShare >= 0 && canaryShare + holdOutShare <= 1)) {
            throw new IllegalArgumentException(
                    "canary and hold-out shares must be at least 0 and together at most 1, got %s and %s"
                            .formatted(canaryShare, holdOutShare));
        }
    }

    @Override
    public String key() {
        return channel;
    }
}
