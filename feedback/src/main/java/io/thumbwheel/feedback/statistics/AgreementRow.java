package io.thumbwheel.feedback.statistics;

import io.thumbwheel.feedback.statistics.Agreement.Metric;
import io.thumbwheel.feedback.trust.Answered;
import io.thumbwheel.feedback.trust.Answered.Scale;
import io.thumbwheel.feedback.trust.Statement;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The agreement of one kind of raters on the questions of a day.
///
/// @param day in UTC, of the last answer to a question
/// @param source the kind of raters
/// @param scale what was asked: pick, thumb, ranking or rating
public record AgreementRow(LocalDate day, String source, String scale, Agreement agreement) {
    private record Question(long item, Scale scale, RaterKind source) {}

    private record Group(LocalDate day, RaterKind source, Scale scale) {}

    private static final Comparator<Question> QUESTIONS =
            Comparator.comparingLong(Question::item)
                    .thenComparing(Question::scale)
                    .thenComparing(Question::source);
    private static final Comparator<Group> GROUPS =
            Comparator.comparing(Group::day)
                    .thenComparing(Group::source)
                    .thenComparing(Group::scale);

    /// By day, source and scale; those where nobody answered what another one did are left out.
    static List<AgreementRow> of(List<Statement> statements) {
        SortedMap<Question, Map<String, Integer>> answers = new TreeMap<>(QUESTIONS);
        SortedMap<Question, Instant> last = new TreeMap<>(QUESTIONS);
        for (Answered answered : Answered.of(statements)) {
            Question question = new Question(answered.item(), answered.scale(), answered.source());
            answers.computeIfAbsent(question, _ -> new TreeMap<>())
                    .put(answered.rater(), answered.value());
            last.merge(question, answered.at(), (a, b) -> a.isAfter(b) ? a : b);
        }
        SortedMap<Group, List<Map<String, Integer>>> groups = new TreeMap<>(GROUPS);
        answers.forEach((question, unit) -> {
            LocalDate day =
                    last.getOrDefault(question, Instant.EPOCH).atZone(ZoneOffset.UTC).toLocalDate();
            groups.computeIfAbsent(
                            new Group(day, question.source(), question.scale()),
                            _ -> new ArrayList<>())
                    .add(unit);
        });
        List<AgreementRow> rows = new ArrayList<>();
        groups.forEach((group, units) -> {
            Agreement agreement =
                    Agreement.of(
                            units,
                            switch (group.scale()) {
                                case PICK, THUMB, RANKING -> Metric.NOMINAL;
                                case RATING -> Metric.ORDINAL;
                            });
            if (agreement.items() > 0) {
                rows.add(
                        new AgreementRow(
                                group.day(),
                                group.source().name().toLowerCase(Locale.ROOT),
                                group.scale().name().toLowerCase(Locale.ROOT),
                                agreement));
            }
        });
        return rows;
    }
}
