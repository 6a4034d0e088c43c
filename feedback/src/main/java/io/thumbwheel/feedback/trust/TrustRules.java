package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.DawidSkene.Prior;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;

/// Which safeguards are on.
///
/// @param weights whether weights follow agreement, activity and age; all raters weigh 1 otherwise
/// @param quarantine whether tests set raters aside
/// @param caps whether networks and sources are capped
/// @param falseDiscoveries share of honest raters among those whom a test sets aside, at most and
///   on average
/// @param networkShare least share of all weight that one network may have
/// @param sourceShare least share of all weight that one source, a tenant, may have; 1 where they
///   are not capped
public record TrustRules(
        boolean weights,
        boolean quarantine,
        boolean caps,
        double falseDiscoveries,
        double networkShare,
        double sourceShare) {
    /// All on.
    public static final TrustRules DEFAULT = new TrustRules(true, true, true, 0.01, 0.1, 0.5);

    private static final double LEAST_TENURE = 0.25;

    private static final double OPINIONS_TO_HALF = 20;
    private static final double DAYS_TO_HALF = 1;

    /// The least weight of a rater who is not in quarantine: a taste of one's own is heard.
    static final double LEAST_WEIGHT = 0.05;

    /// Three votes in four are right, as if it had been seen 8 times: with that, two raters agree
    /// 63% of the time, as in HH-RLHF (Bai et al., arXiv:2204.05862); InstructGPT's labelers agree
    /// 73% (arXiv:2203.02155, section 3.4).
    private static final Prior PERSON = new Prior(6, 2);

    /// Whoever got a labeler's key was chosen for it.
    private static final Prior LABELER = new Prior(17, 3);

    public TrustRules {
        if (!(falseDiscoveries > 0 && falseDiscoveries < 1)
                || !(networkShare > 0 && networkShare <= 1)
                || !(sourceShare > 0 && sourceShare <= 1)) {
            throw new IllegalArgumentException(
                    "shares are in (0, 1], got %s, %s and %s"
                            .formatted(falseDiscoveries, networkShare, sourceShare));
        }
    }

    static Prior prior(RaterKind kind) {
        return switch (kind) {
            case LABELER -> LABELER;
            case USER, WEBHOOK, SIMULATED, IMPORTED -> PERSON;
        };
    }

    /// What activity and age have earned a rater, [LEAST_TENURE] to 1: half of the rest with 20
    /// opinions, half with a day, both together a quarter.
    static double tenure(RaterKind kind, int opinions, double days) {
        return switch (kind) {
            case LABELER -> 1;
            case USER, WEBHOOK, SIMULATED, IMPORTED ->
                    LEAST_TENURE
                            + (1 - LEAST_TENURE)
                                    * opinions
                                    / (opinions + OPINIONS_TO_HALF)
                                    * days
                                    / (days + DAYS_TO_HALF);
        };
    }
}
