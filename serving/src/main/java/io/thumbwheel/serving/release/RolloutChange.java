package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.RolloutDecision;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an operator wants to be different about the rollout in force.
sealed interface RolloutChange {

    /// A release serves everybody who is in no other arm.
    record Promote(String release) implements RolloutChange {}

    /// The primary before this one serves again.
    record Rollback() implements RolloutChange {}

    /// Refreshes promote nothing over the primary, or may again.
    record Pin(boolean pinned) implements RolloutChange {}

    /// A release serves a share of the conversations on trial; null ends the trial.
    record Canary(@Nullable String release, double share) implements RolloutChange {}

    /// A share of the conversations stays on a release; null ends that.
    record HoldOut(@Nullable String release, double share) implements RolloutChange {}

    /// The release that it brings in, which must be in the store.
    default Optional<String> named() {
        return switch (this) {
            case Promote(var release) -> Optional.of(release);
            case Canary(var release, var _) -> Optional.ofNullable(release);
            case HoldOut(var release, var _) -> Optional.ofNullable(release);
            case Rollback _, Pin _ -> Optional.empty();
        };
    }

    /// The decision that makes the change to the rollout in force.
    ///
    /// @throws IllegalStateException where there is nothing that could be changed so
    default RolloutDecision decide(RolloutHistory history, String by, Instant at) {
        RolloutDecision now = history.state().decision();
        Draft draft =
                now == null
                        ? new Draft(primaryOf(this), null, 0, null, 0, false)
                        : new Draft(
                                now.primary(),
                                now.canary(),
                                now.canaryShare(),
                                now.holdOut(),
                                now.holdOutShare(),
                                now.pinned());
        Draft next =
                switch (this) {
                    case Promote(var release) -> draft.primary(release);
                    case Rollback _ ->
                            draft.primary(
                                    history.previous()
                                            .orElseThrow(() ->
                                                    new IllegalStateException(
                                                            "there is no primary before %s to go back to"
                                                                    .formatted(draft.primary()))));
                    case Pin(var pinned) -> draft.pinned(pinned);
                    case Canary(var release, var share) -> draft.canary(release, share);
                    case HoldOut(var release, var share) -> draft.holdOut(release, share);
                };
        return new RolloutDecision(
                "default",
                at,
                history.state().revision(),
                next.primary(),
                next.canary(),
                next.canaryShare(),
                next.holdOut(),
                next.holdOutShare(),
                next.pinned(),
                by,
                why(history));
    }

    private static String primaryOf(RolloutChange change) {
        if (change instanceof Promote(var release)) {
            return release;
        }
        throw new IllegalStateException("no release has been promoted yet: promote one first");
    }

    private String why(RolloutHistory history) {
        return switch (this) {
            case Promote(var release) -> "operator promoted " + release;
            case Rollback _ ->
                    "operator rolled back from %s"
                            .formatted(
                                    history.primaries().isEmpty()
                                            ? "nothing"
                                            : history.primaries().getLast());
            case Pin(var pinned) -> pinned ? "operator pinned it" : "operator unpinned it";
            case Canary(var release, var share) ->
                    release == null
                            ? "operator ended the canary"
                            : "operator gave the canary %s a share of %s".formatted(release, share);
            case HoldOut(var release, var share) ->
                    release == null
                            ? "operator ended the hold-out"
                            : "operator holds %s on %s".formatted(share, release);
        };
    }

    /// A decision in the making.
    record Draft(
            String primary,
            @Nullable String canary,
            double canaryShare,
            @Nullable String holdOut,
            double holdOutShare,
            boolean pinned) {

        /// A promoted canary is on trial no more.
        Draft primary(String release) {
            return Objects.equals(canary, release)
                    ? new Draft(release, null, 0, holdOut, holdOutShare, pinned)
                    : new Draft(release, canary, canaryShare, holdOut, holdOutShare, pinned);
        }

        Draft canary(@Nullable String release, double share) {
            return new Draft(primary, release, share, holdOut, holdOutShare, pinned);
        }

        Draft holdOut(@Nullable String release, double share) {
            return new Draft(primary, canary, canaryShare, release, share, pinned);
        }

        Draft pinned(boolean pin) {
            return new Draft(primary, canary, canaryShare, holdOut, holdOutShare, pin);
        }
    }
}
