package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.CompletionServed.Arm;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The releases that stand ready and whom each of them serves: a rollout, carried out. Immutable,
/// so that one reference decides it.
///
/// @param revision the rollout state that it carries out
/// @param primary serves whoever is in no other arm
/// @param canary serves a share, or null
/// @param canaryShare that share, 0 to 1
/// @param holdOut serves a share that stays behind, or null
/// @param holdOutShare that share, 0 to 1
record Standing(
        long revision,
        Resident primary,
        @Nullable Resident canary,
        double canaryShare,
        @Nullable Resident holdOut,
        double holdOutShare) {

    /// The arm of a conversation: always the same while the shares are, and growing shares only add
    /// conversations. The hold-out lies at the bottom of the unit interval, the canary at its top.
    Arm armOf(String conversation) {
        double place = Sticky.place(conversation);
        if (holdOut != null && place < holdOutShare) {
            return Arm.HOLD_OUT;
        }
        if (canary != null && place >= 1 - canaryShare) {
            return Arm.CANARY;
        }
        return Arm.PRIMARY;
    }

    /// The release that serves an arm.
    Resident of(Arm arm) {
        return switch (arm) {
            case PRIMARY -> primary;
            case CANARY -> Objects.requireNonNullElse(canary, primary);
            case HOLD_OUT -> Objects.requireNonNullElse(holdOut, primary);
            case PINNED ->
                    throw new IllegalArgumentException("a pinned request names its release itself");
        };
    }

    /// Ids of all that stand.
    Set<String> ids() {
        return Stream.of(primary, canary, holdOut)
                .filter(Objects::nonNull)
                .map(Resident::id)
                .collect(Collectors.toSet());
    }
}
