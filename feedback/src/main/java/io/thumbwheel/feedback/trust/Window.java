package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.pairing.Item;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
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
    private final Map<Long, Heard> opinions = new HashMap<>();
    private final Map<Long, Long> newestAbout = new HashMap<>();

    /// One of each of the names that come again and again.
    private final Map<String, String> names = new HashMap<>();

    /// One of each of the answers that opinions are about.
    private final Map<ChoiceRef, ChoiceRef> refs = new HashMap<>();

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

    /// An opinion. One that was replaced or taken back says nothing, and is remembered so that its
    /// second delivery counts for nothing. Hundreds of thousands of them are held: what they have
    /// in common is held once, and what they are about by digest.
    private record Heard(Instant at, String rater, @Nullable Kept kept, boolean isRetraction) {
        Heard gone() {
            return new Heard(at, rater, null, isRetraction);
        }
    }

    /// What is needed of an opinion that holds.
    private record Kept(
            String id,
            RaterKind kind,
            @Nullable String network,
            @Nullable String tenant,
            Said said,
            List<ChoiceRef> about,
            long text) {}

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

    private Seen seen(CompletionServed served, String prompt, int index) {
        CompletionServed.Choice choice = served.choices().get(index);
        return new Seen(
                shared(new ChoiceRef(served.id(), index)),
                Digest.of(prompt + choice.tokenIds()),
                choice.tokenIds().size(),
                named(choice.release()));
    }

    private String named(String name) {
        return names.computeIfAbsent(name, Function.identity());
    }

    private ChoiceRef shared(ChoiceRef ref) {
        return refs.computeIfAbsent(ref, Function.identity());
    }

    /// An opinion came. The same rules as the join's: the newest of a rater about an item holds, a
    /// retraction takes back what the same rater said, also before it came.
    public void given(FeedbackGiven feedback) {
        see(feedback.at());
        if (feedback.opinion() instanceof Opinion.Retraction(var target)) {
            retract(feedback, key(feedback, target));
            return;
        }
        Long key = key(feedback, feedback.id());
        Heard before = opinions.get(key);
        if (before != null && (!before.isRetraction() || before.rater().equals(feedback.rater()))) {
            return;
        }
        Long older = newestAbout.put(Digest.of(Item.of(feedback).id(feedback.rater())), key);
        if (older != null) {
            opinions.computeIfPresent(older, (_, heard) -> heard.gone());
        }
        opinions.put(key, new Heard(feedback.at(), named(feedback.rater()), kept(feedback), false));
        if (opinions.size() > limits.opinions() + limits.opinions() / 10) {
            trim();
        }
    }

    private void retract(FeedbackGiven retraction, Long key) {
        opinions.merge(
                key,
                new Heard(retraction.at(), retraction.rater(), null, true),
                (heard, _) -> heard.rater().equals(retraction.rater()) ? heard.gone() : heard);
    }

    private static Long key(FeedbackGiven feedback, String id) {
        return Digest.of(feedback.completion() + "/" + id);
    }

    private Kept kept(FeedbackGiven given) {
        String network = given.network();
        String tenant = given.tenant();
        return new Kept(
                given.id(),
                given.raterKind(),
                network == null ? null : named(network),
                tenant == null ? null : named(tenant),
                Said.of(given.opinion()),
                refs(given).stream().map(this::shared).toList(),
                text(given.opinion()));
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
        names.clear();
        refs.clear();
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
            Kept kept = heard.kept();
            if (kept != null) {
                statements.add(statement(heard, kept));
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

    private Statement statement(Heard heard, Kept kept) {
        List<Served> served =
                kept.about().stream()
                        .map(ref -> completions.get(ref.completion()))
                        .filter(Objects::nonNull)
                        .toList();
        boolean complete = served.size() == kept.about().size();
        return new Statement(
                kept.id(),
                heard.at(),
                heard.rater(),
                kept.kind(),
                kept.network(),
                kept.tenant(),
                kept.said(),
                complete
                        ? kept.about().stream().flatMap(ref -> answer(ref).stream()).toList()
                        : List.of(),
                complete
                        ? served.stream()
                                .map(Served::at)
                                .max(Comparator.naturalOrder())
                                .orElse(null)
                        : null,
                kept.text());
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
