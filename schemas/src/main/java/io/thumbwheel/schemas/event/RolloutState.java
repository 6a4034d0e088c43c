package io.thumbwheel.schemas.event;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rollout in force: the fold of all [RolloutDecision]s so far. Every reader that saw the same
/// records holds the same state, so the writer can read back whether its decision won.
///
/// @param revision number of decisions that counted
/// @param decision the last that counted; null before the first
public record RolloutState(long revision, @Nullable RolloutDecision decision) {
    /// Before any decision.
    public static final RolloutState EMPTY = new RolloutState(0, null);

    /// The state after `next`: the same where `next` was made on a stale base.
    public RolloutState after(RolloutDecision next) {
        return next.base() == revision ? new RolloutState(revision + 1, next) : this;
    }

    /// The release that serves whoever is not in the canary or the hold-out.
    public Optional<String> primary() {
        return Optional.ofNullable(decision).map(RolloutDecision::primary);
    }
}
