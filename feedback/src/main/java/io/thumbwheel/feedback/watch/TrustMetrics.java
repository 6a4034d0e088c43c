package io.thumbwheel.feedback.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.thumbwheel.feedback.statistics.AgreementRow;
import io.thumbwheel.feedback.statistics.Share;
import io.thumbwheel.feedback.statistics.Statistics;
import io.thumbwheel.feedback.statistics.Statistics.ReleaseRow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/// The statistics as metrics, as of the last assessment. Releases are the newest [#MOST_RELEASES]
/// only, agreement the newest day's.
///
/// | metric | meaning |
/// |---|---|
/// | `thumbwheel_feedback_thumbs_up_ratio{release,bound}` | share of thumbs that are up; bound is value, low or high (95%) |
/// | `thumbwheel_feedback_thumbs{release}` | thumbs that it is of |
/// | `thumbwheel_feedback_strength{release,bound}` | Bradley-Terry log-odds by comparisons between releases |
/// | `thumbwheel_feedback_first_taken_ratio{bound}` | picks of two of the answer shown first |
/// | `thumbwheel_feedback_longer_taken_ratio{bound}` | picks of two of the longer answer |
/// | `thumbwheel_feedback_coverage_ratio` | completions somebody had an opinion of |
/// | `thumbwheel_feedback_delay_seconds{quantile}` | from answer to opinion |
/// | `thumbwheel_feedback_agreement{source,scale,measure}` | raw, kappa or alpha |
/// | `thumbwheel_feedback_raters` | raters in the window |
/// | `thumbwheel_feedback_raters_quarantined` | of them set aside by a test |
/// | `thumbwheel_feedback_raters_found{test}` | by test |
/// | `thumbwheel_feedback_trust_published_total` | records written to `raters.v1` |
/// | `thumbwheel_feedback_trust_lag` | records not read at the last assessment |
/// | `thumbwheel_feedback_trust_forgotten` | completions and opinions that left the window |
@ApplicationScoped
public class TrustMetrics {
    private static final int MOST_RELEASES = 20;

    private final MultiGauge thumbsUp;
    private final MultiGauge thumbs;
    private final MultiGauge strength;
    private final MultiGauge first;
    private final MultiGauge longer;
    private final MultiGauge delay;
    private final MultiGauge agreement;
    private final MultiGauge found;
    private final Counter published;
    private volatile Insight insight = Insight.none();

    TrustMetrics(MeterRegistry registry) {
        thumbsUp = gauge(registry, "thumbwheel.feedback.thumbs.up.ratio");
        thumbs = gauge(registry, "thumbwheel.feedback.thumbs");
        strength = gauge(registry, "thumbwheel.feedback.strength");
        first = gauge(registry, "thumbwheel.feedback.first.taken.ratio");
        longer = gauge(registry, "thumbwheel.feedback.longer.taken.ratio");
        delay = gauge(registry, "thumbwheel.feedback.delay.seconds");
        agreement = gauge(registry, "thumbwheel.feedback.agreement");
        found = gauge(registry, "thumbwheel.feedback.raters.found");
        published = registry.counter("thumbwheel.feedback.trust.published");
        registry.gauge(
                "thumbwheel.feedback.coverage.ratio",
                this,
                me -> me.insight.statistics().coverage().share());
        registry.gauge(
                "thumbwheel.feedback.raters", this, me -> me.insight.statistics().raters().known());
        registry.gauge(
                "thumbwheel.feedback.raters.quarantined",
                this,
                me -> me.insight.statistics().raters().quarantined());
        registry.gauge("thumbwheel.feedback.trust.lag", this, me -> me.insight.lag());
        registry.gauge("thumbwheel.feedback.trust.forgotten", this, me -> me.insight.forgotten());
    }

    private static MultiGauge gauge(MeterRegistry registry, String name) {
        return MultiGauge.builder(name).register(registry);
    }

    void published(int records) {
        published.increment(records);
    }

    void show(Insight newest) {
        insight = newest;
        Statistics statistics = newest.statistics();
        List<ReleaseRow> releases = statistics.releases().stream().limit(MOST_RELEASES).toList();
        List<Row<?>> shares = new ArrayList<>();
        List<Row<?>> counts = new ArrayList<>();
        List<Row<?>> strengths = new ArrayList<>();
        for (ReleaseRow release : releases) {
            Tags tags = Tags.of("release", release.release());
            shares.addAll(bounds(release.thumbsUp(), tags));
            counts.add(Row.of(tags, release.thumbsUp().of()));
            var strong = release.strength();
            if (strong != null) {
                strengths.add(Row.of(tags.and("bound", "value"), strong.logOdds()));
                strengths.add(Row.of(tags.and("bound", "low"), strong.low()));
                strengths.add(Row.of(tags.and("bound", "high"), strong.high()));
            }
        }
        thumbsUp.register(shares, true);
        thumbs.register(counts, true);
        strength.register(strengths, true);
        first.register(bounds(statistics.position(), Tags.empty()), true);
        longer.register(bounds(statistics.length(), Tags.empty()), true);
        Statistics.Delay delays = statistics.timeToFeedback();
        delay.register(
                List.of(
                        Row.of(Tags.of("quantile", "0.5"), delays.p50Seconds()),
                        Row.of(Tags.of("quantile", "0.9"), delays.p90Seconds()),
                        Row.of(Tags.of("quantile", "0.99"), delays.p99Seconds())),
                true);
        agreement.register(agreements(statistics.agreement()), true);
        List<Row<?>> tests = new ArrayList<>();
        statistics
                .raters()
                .byTest()
                .forEach((test, raters) -> tests.add(Row.of(Tags.of("test", test), raters)));
        found.register(tests, true);
    }

    private static List<Row<?>> bounds(Share share, Tags tags) {
        if (share.of() == 0) {
            return List.of();
        }
        return List.of(
                Row.of(tags.and("bound", "value"), share.share()),
                Row.of(tags.and("bound", "low"), share.low()),
                Row.of(tags.and("bound", "high"), share.high()));
    }

    private static List<Row<?>> agreements(List<AgreementRow> rows) {
        List<Row<?>> gauges = new ArrayList<>();
        for (AgreementRow row : rows) {
            if (row.day().equals(rows.getLast().day())) {
                Tags tags = Tags.of("source", row.source(), "scale", row.scale());
                add(gauges, tags.and("measure", "raw"), row.agreement().raw());
                add(gauges, tags.and("measure", "kappa"), row.agreement().kappa());
                add(gauges, tags.and("measure", "alpha"), row.agreement().alpha());
            }
        }
        return gauges;
    }

    private static void add(
            List<Row<?>> rows, Tags tags, @org.jspecify.annotations.Nullable Double value) {
        if (value != null) {
            rows.add(Row.of(tags, value));
        }
    }
}
