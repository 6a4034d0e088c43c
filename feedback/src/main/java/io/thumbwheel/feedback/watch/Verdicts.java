package io.thumbwheel.feedback.watch;

import io.thumbwheel.feedback.trust.Assessment;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RaterTrust.Decision;
import io.thumbwheel.schemas.event.RaterTrust.Ruling;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What follows from an assessment and from what an operator decided, who wins.
final class Verdicts {
    private Verdicts() {}

    static RaterTrust of(Assessment assessment, @Nullable Ruling ruling, Instant at) {
        return ruled(
                new RaterTrust(
                        assessment.rater(),
                        at,
                        assessment.weight(),
                        assessment.quarantined(),
                        assessment.why()),
                ruling,
                assessment.quarantined());
    }

    /// The same trust under a ruling.
    ///
    /// @param found whether a test sets the rater aside
    static RaterTrust ruled(RaterTrust trust, @Nullable Ruling ruling, boolean found) {
        boolean quarantined =
                ruling == null
                        ? found
                        : switch (ruling.decision()) {
                            case QUARANTINE -> true;
                            case TRUST -> false;
                            case NONE -> found;
                        };
        String why =
                ruling == null || ruling.decision() == Decision.NONE
                        ? trust.why()
                        : "%s decided: %s. Computed: %s"
                                .formatted(ruling.by(), ruling.reason(), trust.why());
        return new RaterTrust(trust.rater(), trust.at(), trust.weight(), quarantined, why, ruling);
    }

    /// Whether a newer record is worth writing: other numbers in the reasons alone are not.
    static boolean differ(RaterTrust wanted, @Nullable RaterTrust standing) {
        return standing == null
                || Math.abs(wanted.weight() - standing.weight()) > 1e-9
                || wanted.quarantined() != standing.quarantined()
                || !Objects.equals(wanted.ruling(), standing.ruling());
    }
}
