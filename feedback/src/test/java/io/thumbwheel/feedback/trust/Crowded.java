package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Statements of many raters for tests. Question i is whether answer 2i is better than answer 2i +
/// 1; it is.
final class Crowded {
    static final Instant START = Instant.parse("2026-01-02T00:00:00Z");

    private static final CompletionId COMPLETION = Talk.id("crowd", 2);

    private final List<Statement> statements = new ArrayList<>();

    static Seen answer(int number) {
        return new Seen(new ChoiceRef(COMPLETION, 0), 1000L + number, 10 + number % 2, "r0");
    }

    /// A pick, right or not, with the better one shown first or second, `minutes` after the start.
    Crowded pick(String rater, int question, boolean right, boolean betterFirst, long minutes) {
        return say(
                rater,
                RaterKind.USER,
                null,
                new Said.Chose(right ? 0 : 1, betterFirst ? List.of(0, 1) : List.of(1, 0)),
                List.of(answer(2 * question), answer(2 * question + 1)),
                START.plus(Duration.ofMinutes(minutes)),
                0);
    }

    Crowded say(
            String rater,
            RaterKind kind,
            @Nullable String network,
            Said said,
            List<Seen> about,
            Instant at,
            long text) {
        return say(rater, kind, network, null, said, about, at, text);
    }

    /// A tie, by the key of a tenant.
    Crowded tie(String rater, String tenant) {
        return say(rater, RaterKind.USER, null, tenant, new Said.Tied(), List.of(), START, 0);
    }

    private Crowded say(
            String rater,
            RaterKind kind,
            @Nullable String network,
            @Nullable String tenant,
            Said said,
            List<Seen> about,
            Instant at,
            long text) {
        String id = "f%06d".formatted(statements.size());
        statements.add(
                new Statement(
                        id,
                        at,
                        rater,
                        kind,
                        network,
                        tenant,
                        said,
                        about,
                        at.minusSeconds(20),
                        text));
        return this;
    }

    List<Statement> statements() {
        return statements.stream()
                .sorted(Comparator.comparing(Statement::at).thenComparing(Statement::id))
                .toList();
    }

    Map<String, Assessment> assessed() {
        return assessed(Map.of());
    }

    Map<String, Assessment> assessed(Map<Long, Boolean> gold) {
        return TrustModel.assess(statements(), gold, TrustRules.DEFAULT).stream()
                .collect(Collectors.toMap(Assessment::rater, one -> one));
    }
}
