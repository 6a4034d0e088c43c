package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.pairing.Item;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What trust and statistics remember of completions and opinions: of each completion who wrote its
/// answers, their lengths and digests; of each opinion what it says and who said it. No text.
///
/// It holds what is newer than its limits allow, counted back from the newest event and not from a
/// clock, so that the same log always gives the same window. Events of one route come in their
/// order; between routes the order does not matter. For one thread.
public final class Window {
    /// Words fewer than this, in characters, are not told apart from what anybody would write.
    private static final int LEAST_TEXT = 20;

    private final WindowLimits limits;
    private final Map<CompletionId, Served> completions = new HashMap<>();
    private final Map<String, Heard> opinions = new HashMap<>();
    private final Map<String, String> newestAbout = new HashMap<>();
    private Instant newest = Instant.EPOCH;
    private long evicted;

    public Window(WindowLimits limits) {
        this.limits = limits;
    }

    /// A completion as remembered.
    ///
    /// @param answers by choice
    public record Served(CompletionId id, Instant at, List<Seen> answers) {
        public Served {
            answers = List.copyOf(answers);
        }
    }

    /// An opinion; `holds` is false of one that was replaced or taken back, which is remembered so
    /// that its second delivery counts for nothing.
    private record Heard(
            Instant at,
            String rater,
            boolean holds,
            @Nullable FeedbackGiven bare,
            long text,
            boolean isRetraction) {
        Heard gone() {
            return new Heard(at, rater, false, null, 0, isRetraction);
        }
    }

    /// A completion came.
    public void served(CompletionServed served) {
        see(served.at());
        String prompt = served.promptIds().toString();
        completions.putIfAbsent(
                served.id(),
                new Served(
                        served.id(),
                        served.at(),
                        IntStream.range(0, served.choices().size())
                                .mapToObj(index -> seen(served, prompt, index))
                                .toList()));
        if (completions.size() > limits.completions() + limits.completions() / 10) {
            trim();
        }
    }

    private static Seen seen(CompletionServed served, String prompt, int index) {
        CompletionServed.Choice choice = served.choices().get(index);
        return new Seen(
                new ChoiceRef(served.id(), index),
                Digest.of(prompt + choice.tokenIds()),
                choice.tokenIds().size(),
                choice.release());
    }

    /// An opinion came. The same rules as the join's: the newest of a rater about an item holds, a
    /// retraction takes back what the same rater said, also before it came.
    public void given(FeedbackGiven feedback) {
        see(feedback.at());
        if (feedback.opinion() instanceof Opinion.Retraction(var target)) {
            retract(feedback, key(feedback, target));
            return;
        }
        String key = key(feedback, feedback.id());
        Heard before = opinions.get(key);
        if (before != null && (!before.isRetraction() || before.rater().equals(feedback.rater()))) {
            return;
        }
        String older = newestAbout.put(itemOf(feedback), key);
        if (older != null) {
            opinions.computeIfPresent(older, (_, heard) -> heard.gone());
        }
        opinions.put(
                key,
                new Heard(
                        feedback.at(),
                        feedback.rater(),
                        true,
                        bare(feedback),
                        text(feedback.opinion()),
                        false));
        if (opinions.size() > limits.opinions() + limits.opinions() / 10) {
            trim();
        }
    }

    private void retract(FeedbackGiven retraction, String key) {
        opinions.merge(
                key,
                new Heard(retraction.at(), retraction.rater(), false, null, 0, true),
                (heard, _) -> heard.rater().equals(retraction.rater()) ? heard.gone() : heard);
    }

    private static String key(FeedbackGiven feedback, String id) {
        return feedback.completion() + "/" + id;
    }

    private static String itemOf(FeedbackGiven feedback) {
        return Item.of(feedback).id(feedback.rater());
    }

    private void see(Instant at) {
        if (at.isAfter(newest)) {
            newest = at;
        }
    }

    /// Forgets what a person said until then.
    public void forget(String rater, Instant until) {
        opinions.values()
                .removeIf(heard -> heard.rater().equals(rater) && !heard.at().isAfter(until));
    }

    /// Drops what is too old or too much, the oldest first.
    public void trim() {
        Instant since = newest.minus(limits.kept());
        evicted += trim(completions, Served::at, limits.completions(), since);
        evicted += trim(opinions, Heard::at, limits.opinions(), since);
        newestAbout.values().removeIf(key -> !opinions.containsKey(key));
    }

    private static <K, V> int trim(
            Map<K, V> map, Function<V, Instant> at, int most, Instant since) {
        int before = map.size();
        map.values().removeIf(value -> at.apply(value).isBefore(since));
        if (map.size() > most) {
            Instant cut =
                    map.values().stream()
                            .map(at)
                            .sorted(Comparator.reverseOrder())
                            .skip(most - 1L)
                            .findFirst()
                            .orElseThrow();
            map.values().removeIf(value -> at.apply(value).isBefore(cut));
        }
        return before - map.size();
    }

    /// The opinions that hold, by time.
    public List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        for (Heard heard : opinions.values()) {
            FeedbackGiven bare = heard.bare();
            if (heard.holds() && bare != null) {
                statements.add(statement(bare, heard.text()));
            }
        }
        statements.sort(Comparator.comparing(Statement::at).thenComparing(Statement::id));
        return statements;
    }

    /// The completions, in no order.
    public List<Served> completions() {
        return List.copyOf(completions.values());
    }

    /// One of the answers, where its completion has come.
    public Optional<Seen> answer(ChoiceRef ref) {
        return Optional.ofNullable(completions.get(ref.completion()))
                .map(served -> served.answers().get(ref.index()));
    }

    /// Time of the newest event.
    public Instant newest() {
        return newest;
    }

    /// How many completions and opinions were forgotten so far.
    public long evicted() {
        return evicted;
    }

    private Statement statement(FeedbackGiven given, long text) {
        List<Seen> about =
                refs(given).stream().map(ref -> answer(ref).orElse(null)).toList().stream()
                        .filter(Objects::nonNull)
                        .toList();
        boolean complete = about.size() == refs(given).size();
        Instant servedAt =
                Item.of(given).completions().stream()
                        .map(completions::get)
                        .filter(Objects::nonNull)
                        .map(Served::at)
                        .max(Comparator.naturalOrder())
                        .orElse(null);
        return new Statement(
                given.id(),
                given.at(),
                given.rater(),
                given.raterKind(),
                given.network(),
                Said.of(given.opinion()),
                complete ? about : List.of(),
                complete ? servedAt : null,
                text);
    }

    private static List<ChoiceRef> refs(FeedbackGiven given) {
        return switch (given.opinion()) {
            case Opinion.Thumb thumb -> List.of(thumb.choice());
            case Opinion.Rating rating -> List.of(rating.choice());
            case Opinion.Correction correction -> List.of(correction.choice());
            case Opinion.Critique critique -> List.of(critique.choice());
            case Opinion.Pick pick -> pick.among();
            case Opinion.Ranking _ ->
                    IntStream.range(0, given.completion().choices())
                            .mapToObj(index -> new ChoiceRef(given.completion(), index))
                            .toList();
            case Opinion.Demonstration _ -> List.of(new ChoiceRef(given.completion(), 0));
            case Opinion.Retraction _ -> List.of();
        };
    }

    /// The opinion without its words.
    private static FeedbackGiven bare(FeedbackGiven given) {
        Opinion opinion =
                switch (given.opinion()) {
                    case Opinion.Thumb(var choice, var up, _, _) ->
                            new Opinion.Thumb(choice, up, List.of(), null);
                    case Opinion.Correction(var choice, _) -> new Opinion.Correction(choice, "");
                    case Opinion.Demonstration _ -> new Opinion.Demonstration("");
                    case Opinion.Critique(var choice, _) -> new Opinion.Critique(choice, "");
                    case Opinion.Rating _,
                            Opinion.Pick _,
                            Opinion.Ranking _,
                            Opinion.Retraction _ ->
                            given.opinion();
                };
        return new FeedbackGiven(
                        given.id(),
                        given.at(),
                        given.completion(),
                        given.rater(),
                        given.raterKind(),
                        given.consent(),
                        opinion)
                .from(given.network());
    }

    private static long text(Opinion opinion) {
        String words =
                switch (opinion) {
                    case Opinion.Thumb(_, _, _, var comment) -> comment == null ? "" : comment;
                    case Opinion.Correction(_, var text) -> text;
                    case Opinion.Demonstration(var text) -> text;
                    case Opinion.Critique(_, var text) -> text;
                    case Opinion.Rating _,
                            Opinion.Pick _,
                            Opinion.Ranking _,
                            Opinion.Retraction _ ->
                            "";
                };
        String plain = words.strip().replaceAll("\\s+", " ").toLowerCase(java.util.Locale.ROOT);
        return plain.length() < LEAST_TEXT ? 0 : Digest.of(plain);
    }
}
