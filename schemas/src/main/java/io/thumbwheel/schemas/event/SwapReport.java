package io.thumbwheel.schemas.event;

import java.time.Instant;

/// What a serving replica did about a rollout. Topic `swaps.v1`, keyed by replica.
public sealed interface SwapReport extends Event {
    /// Name of the serving replica.
    String replica();

    /// The release that it is about.
    String release();

    @Override
    default String key() {
        return replica();
    }

    /// The replica serves the release.
    ///
    /// @param loadMillis from the decision seen to the release ready beside the old one,
    ///   milliseconds
    /// @param flipMicros how long the switch itself took, microseconds
    record ReleaseApplied(
            String replica, Instant at, String release, long loadMillis, double flipMicros)
            implements SwapReport {}

    /// The replica refused the release and keeps serving what it served.
    record ReleaseRefused(String replica, Instant at, String release, String reason)
            implements SwapReport {}
}
