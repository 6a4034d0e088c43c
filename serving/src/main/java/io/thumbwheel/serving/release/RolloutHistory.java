package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The fold of all decisions, with the way back: the primaries from the first to the one in force.
/// Going back to an earlier primary takes the later ones off, so that a second rollback goes
/// further back and not forth.
///
/// @param state the rollout in force
/// @param primaries distinct neighbours, the one in force last
record RolloutHistory(RolloutState state, List<String> primaries) {
    static final RolloutHistory EMPTY = new RolloutHistory(RolloutState.EMPTY, List.of());

    RolloutHistory {
        primaries = List.copyOf(primaries);
    }

    RolloutHistory after(RolloutDecision next) {
        RolloutState folded = state.after(next);
        if (folded.equals(state)) {
            return this;
        }
        List<String> path = new ArrayList<>(primaries);
        int earlier = path.lastIndexOf(next.primary());
        if (earlier >= 0) {
            path.subList(earlier + 1, path.size()).clear();
        } else {
            path.add(next.primary());
        }
        return new RolloutHistory(folded, path);
    }

    /// Where a rollback goes.
    Optional<String> previous() {
        return primaries.size() < 2
                ? Optional.empty()
                : Optional.of(primaries.get(primaries.size() - 2));
    }
}
