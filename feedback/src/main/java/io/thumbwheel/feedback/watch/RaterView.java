package io.thumbwheel.feedback.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.thumbwheel.feedback.trust.Assessment;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RaterTrust.Ruling;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A rater as the operator sees one. The numbers are the last assessment's; weight, quarantine and
/// why are what stands in `raters.v1`, where that is newer.
///
/// @param kind what kind of rater; null of one who said nothing within the window, like the rest
/// @param decidedBy `tests` or the name of the operator's key
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record RaterView(
        String rater,
        double weight,
        boolean quarantined,
        String why,
        String decidedBy,
        @Nullable Ruling ruling,
        @Nullable String kind,
        @Nullable List<String> tests,
        @Nullable Integer opinions,
        @Nullable Integer checked,
        @Nullable Integer agreed,
        @Nullable Double information,
        @Nullable Instant firstAt,
        @Nullable Instant lastAt) {

    /// Of either or both.
    static RaterView of(@Nullable Assessment assessment, @Nullable RaterTrust standing) {
        if (assessment == null) {
            RaterTrust known = Objects.requireNonNull(standing);
            return new RaterView(
                    known.rater(),
                    known.weight(),
                    known.quarantined(),
                    known.why(),
                    decidedBy(known.ruling()),
                    known.ruling(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }
        Ruling ruling = standing == null ? null : standing.ruling();
        RaterTrust now = Verdicts.of(assessment, ruling, assessment.last());
        return new RaterView(
                now.rater(),
                now.weight(),
                now.quarantined(),
                now.why(),
                decidedBy(ruling),
                ruling,
                assessment.kind().name().toLowerCase(Locale.ROOT),
                assessment.tests(),
                assessment.opinions(),
                assessment.checked(),
                assessment.agreed(),
                assessment.information(),
                assessment.first(),
                assessment.last());
    }

    private static String decidedBy(@Nullable Ruling ruling) {
        return ruling == null || ruling.decision() == RaterTrust.Decision.NONE
                ? "tests"
                : ruling.by();
    }
}
