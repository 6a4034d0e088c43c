package io.thumbwheel.feedback.statistics;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.thumbwheel.feedback.trust.Assessment;
import io.thumbwheel.feedback.trust.Habits;
import io.thumbwheel.feedback.trust.Statement;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.feedback.trust.Window.Served;
import io.thumbwheel.schemas.event.CompletionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What people said within the window.
///
/// @param until time of the newest event that is in it
/// @param completions completions remembered
/// @param opinions opinions that hold
/// @param releases thumbs and strength by release, without raters in quarantine; the newest in use
///   first
/// @param position picks of two of the answer shown first, where the order is known
/// @param length picks of two of the longer answer, where they differ
/// @param coverage completions somebody had an opinion of
/// @param timeToFeedback from the answer to the opinion
/// @param agreement between raters
/// @param field agreement of InstructGPT's labelers, to compare with (arXiv:2203.02155, section
///   3.4)
/// @param raters how many there are and are set aside
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Statistics(
        Instant until,
        int completions,
        int opinions,
        List<ReleaseRow> releases,
        Share position,
        Share length,
        Share coverage,
        Delay timeToFeedback,
        List<AgreementRow> agreement,
        Field field,
        RaterCounts raters) {
    public Statistics {
        releases = List.copyOf(releases);
        agreement = List.copyOf(agreement);
    }

    /// A release by its thumbs and picks.
    ///
    /// @param lastServed when it last answered
    /// @param thumbsUp share of thumbs that are up
    /// @param strength by comparisons with other releases; null where there are none
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record ReleaseRow(
            String release,
            Instant lastServed,
            Share thumbsUp,
            BradleyTerry.@Nullable Strength strength) {}

    /// Quantiles in seconds; 0 where there are none.
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Delay(int opinions, double p50Seconds, double p90Seconds, double p99Seconds) {}

    /// What the field reports.
    public record Field(double agreement, double error) {
        static final Field INSTRUCT_GPT = new Field(0.726, 0.015);
    }

    /// Raters.
    ///
    /// @param byTest how many each test found; a rater may be found by several
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record RaterCounts(int known, int quarantined, SortedMap<String, Integer> byTest) {}

    /// Of what a window holds.
    public static Statistics of(
            List<Served> served,
            List<Statement> statements,
            List<Assessment> assessments,
            Instant until) {
        Set<CompletionId> judged = new HashSet<>();
        statements.forEach(statement ->
                statement.about().forEach(seen -> judged.add(seen.ref().completion())));
        long covered = served.stream().filter(one -> judged.contains(one.id())).count();
        Set<String> aside =
                assessments.stream()
                        .filter(Assessment::quarantined)
                        .map(Assessment::rater)
                        .collect(Collectors.toSet());
        List<Statement> trusted =
                statements.stream().filter(one -> !aside.contains(one.rater())).toList();
        return new Statistics(
                until,
                served.size(),
                statements.size(),
                releases(served, trusted),
                share(statements.stream().map(Habits::tookFirst)),
                share(statements.stream().map(Habits::tookLonger)),
                Share.of(covered, served.size()),
                delay(statements),
                AgreementRow.of(statements),
                Field.INSTRUCT_GPT,
                counts(assessments));
    }

    private static Share share(Stream<Optional<Boolean>> each) {
        List<Boolean> known = each.flatMap(Optional::stream).toList();
        return Share.of(known.stream().filter(Boolean::booleanValue).count(), known.size());
    }

    private static List<ReleaseRow> releases(List<Served> served, List<Statement> statements) {
        Map<String, Instant> last = new TreeMap<>();
        served.forEach(one ->
                one.answers()
                        .forEach(answer ->
                                last.merge(
                                        answer.release(),
                                        one.at(),
                                        (a, b) -> a.isAfter(b) ? a : b)));
        Map<String, long[]> thumbs = new TreeMap<>();
        List<BradleyTerry.Match> matches = new ArrayList<>();
        for (Statement statement : statements) {
            if (statement.said() instanceof Said.Thumbed(boolean up)
                    && !statement.about().isEmpty()) {
                long[] count =
                        thumbs.computeIfAbsent(
                                statement.about().getFirst().release(), _ -> new long[2]);
                count[0] += up ? 1 : 0;
                count[1]++;
            }
            matches(statement, matches);
        }
        Map<String, BradleyTerry.Strength> strengths = BradleyTerry.of(matches);
        return last.entrySet().stream()
                .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
                .map(entry -> {
                    long[] count = thumbs.getOrDefault(entry.getKey(), new long[2]);
                    return new ReleaseRow(
                            entry.getKey(),
                            entry.getValue(),
                            Share.of(count[0], count[1]),
                            strengths.get(entry.getKey()));
                })
                .toList();
    }

    /// Which release beat which in an opinion; a ranking counts for its neighbours only, since its
    /// pairs are not independent.
    private static void matches(Statement statement, List<BradleyTerry.Match> matches) {
        List<Seen> about = statement.about();
        if (about.isEmpty()) {
            return;
        }
        switch (statement.said()) {
            case Said.Chose(int best, _) ->
                    about.stream()
                            .filter(other -> other != about.get(best))
                            .forEach(other -> match(about.get(best), other, 1, matches));
            case Said.Tied _ -> {
                for (Seen other : about.subList(1, about.size())) {
                    match(about.getFirst(), other, 0.5, matches);
                }
            }
            case Said.Ranked(var order) -> {
                for (int rank = 1; rank < order.size(); rank++) {
                    Seen better = about.get(order.get(rank - 1).getFirst());
                    match(better, about.get(order.get(rank).getFirst()), 1, matches);
                }
            }
            case Said.Thumbed _, Said.Rated _, Said.Wrote _ -> {}
        }
    }

    private static void match(Seen a, Seen b, double won, List<BradleyTerry.Match> matches) {
        if (!a.release().equals(b.release())) {
            matches.add(new BradleyTerry.Match(a.release(), b.release(), won));
        }
    }

    private static Delay delay(List<Statement> statements) {
        double[] seconds =
                statements.stream()
                        .filter(statement -> statement.servedAt() != null)
                        .mapToDouble(Statistics::seconds)
                        .sorted()
                        .toArray();
        return new Delay(
                seconds.length,
                quantile(seconds, 0.5),
                quantile(seconds, 0.9),
                quantile(seconds, 0.99));
    }

    private static double seconds(Statement statement) {
        Instant served = statement.servedAt();
        return served == null
                ? 0
                : Math.max(0, Duration.between(served, statement.at()).toMillis() / 1000.0);
    }

    /// The least value that at least the share q does not exceed.
    private static double quantile(double[] rising, double q) {
        return rising.length == 0 ? 0 : rising[Math.max(0, (int) Math.ceil(q * rising.length) - 1)];
    }

    private static RaterCounts counts(List<Assessment> assessments) {
        SortedMap<String, Integer> byTest = new TreeMap<>();
        assessments.forEach(
                one -> one.tests().forEach(test -> byTest.merge(test, 1, Integer::sum)));
        return new RaterCounts(
                assessments.size(),
                (int) assessments.stream().filter(Assessment::quarantined).count(),
                byTest);
    }
}
