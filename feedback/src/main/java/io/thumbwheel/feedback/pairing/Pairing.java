package io.thumbwheel.feedback.pairing;

import io.thumbwheel.feedback.pairing.KeptCompletion.Answer;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.Example.Provenance;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Joins one opinion with the completions that it is about.
///
/// A pick is a preference of the chosen answer over each other; a tie stays a preference (the
/// trainer aims at 0.5); both-bad is a tie and a low rating for each. A ranking of K answers is
/// C(K,2) preferences with one provenance (InstructGPT, section 3.5: they stay together). A
/// correction is a preference of the edited text over the original, and a demonstration.
public final class Pairing {
    private static final String UNCONSENTED_RATER = "the rater did not consent";
    private static final String UNCONSENTED_OWNER = "the prompt's owner did not consent";

    private final FeedbackGiven feedback;
    private final Map<CompletionId, KeptCompletion> completions;
    private final Provenance provenance;

    private Pairing(FeedbackGiven feedback, Map<CompletionId, KeptCompletion> completions) {
        this.feedback = feedback;
        this.completions = completions;
        this.provenance =
                new Provenance(
                        List.of(feedback.id()),
                        feedback.rater(),
                        feedback.raterKind(),
                        Split.ofRater(feedback.rater()),
                        feedback.at());
    }

    /// The examples of an opinion.
    ///
    /// @param feedback the opinion; not a retraction
    /// @param completions every completion that its [Item] names
    public static Paired pair(
            FeedbackGiven feedback, Map<CompletionId, KeptCompletion> completions) {
        if (!feedback.consent()) {
            return new Paired.Fruitless(UNCONSENTED_RATER);
        }
        if (!completions.values().stream().allMatch(KeptCompletion::consent)) {
            return new Paired.Fruitless(UNCONSENTED_OWNER);
        }
        return new Pairing(feedback, completions).pair();
    }

    private Paired pair() {
        return switch (feedback.opinion()) {
            case Opinion.Thumb(var choice, boolean up, var _, var _) -> rated(choice, up ? 1 : 0);
            case Opinion.Rating(var choice, int value) -> rated(choice, (value - 1) / 6.0);
            case Opinion.Pick pick -> picked(pick);
            case Opinion.Ranking(var order) -> ranked(order);
            case Opinion.Correction(var choice, var text) -> corrected(choice, text);
            case Opinion.Demonstration(var text) -> demonstrated(text);
            case Opinion.Critique(var choice, var text) -> criticised(choice, text);
            case Opinion.Retraction _ ->
                    throw new IllegalArgumentException("a retraction is no opinion of its own");
        };
    }

    private Paired rated(ChoiceRef choice, double score) {
        if (isEmpty(choice)) {
            return new Paired.Fruitless("the answer is empty");
        }
        return new Paired.Examples(List.of(rating(choice, score)));
    }

    private Example.Rated rating(ChoiceRef choice, double score) {
        return new Example.Rated(
                id("rated", choice.toString()),
                promptIds(choice),
                response(choice),
                score,
                provenance,
                messages(choice));
    }

    private Paired picked(Opinion.Pick pick) {
        List<ChoiceRef> among = pick.among();
        List<Comparison> comparisons =
                switch (pick.verdict()) {
                    case TIE, BOTH_BAD -> tied(among);
                    case CHOSE ->
                            among.stream()
                                    .filter(other -> !other.equals(among.get(pick.chosen())))
                                    .map(other -> better(among.get(pick.chosen()), other))
                                    .toList();
                };
        List<Example> low =
                pick.verdict() == Opinion.Pick.Verdict.BOTH_BAD
                        ? among.stream()
                                .filter(choice -> !isEmpty(choice))
                                .<Example>map(choice -> rating(choice, 0))
                                .toList()
                        : List.of();
        return compared(comparisons, low);
    }

    private Paired ranked(List<List<Integer>> order) {
        List<Comparison> comparisons = new ArrayList<>();
        for (int rank = 0; rank < order.size(); rank++) {
            List<ChoiceRef> group = refs(order.get(rank));
            comparisons.addAll(tied(group));
            for (List<Integer> below : order.subList(rank + 1, order.size())) {
                for (ChoiceRef worse : refs(below)) {
                    group.forEach(choice -> comparisons.add(better(choice, worse)));
                }
            }
        }
        return compared(comparisons, List.of());
    }

    private List<ChoiceRef> refs(List<Integer> indices) {
        return indices.stream().map(index -> new ChoiceRef(feedback.completion(), index)).toList();
    }

    /// What was said of two answers, candidates in their own order, however they were shown.
    private record Comparison(ChoiceRef a, ChoiceRef b, Outcome outcome) {}

    private static Comparison better(ChoiceRef choice, ChoiceRef other) {
        return Item.ORDER.compare(choice, other) < 0
                ? new Comparison(choice, other, Outcome.A)
                : new Comparison(other, choice, Outcome.B);
    }

    /// Each of `group` with each other.
    private static List<Comparison> tied(List<ChoiceRef> group) {
        List<ChoiceRef> ordered = group.stream().sorted(Item.ORDER).toList();
        List<Comparison> ties = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            for (ChoiceRef other : ordered.subList(i + 1, ordered.size())) {
                ties.add(new Comparison(ordered.get(i), other, Outcome.TIE));
            }
        }
        return ties;
    }

    /// Comparisons become preferences where the two can be compared at all.
    private Paired compared(List<Comparison> comparisons, List<Example> besides) {
        List<Example> examples = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            obstacle(comparison.a(), comparison.b())
                    .ifPresentOrElse(obstacles::add, () -> examples.add(preference(comparison)));
        }
        examples.addAll(besides);
        return examples.isEmpty()
                ? new Paired.Fruitless(obstacles.getFirst())
                : new Paired.Examples(examples);
    }

    /// Why two answers cannot be compared.
    private Optional<String> obstacle(ChoiceRef a, ChoiceRef b) {
        if (!promptIds(a).equals(promptIds(b)) || !messages(a).equals(messages(b))) {
            return Optional.of("the answers are to different prompts");
        }
        if (isEmpty(a) || isEmpty(b)) {
            return Optional.of("an answer is empty");
        }
        if (answer(a).finishReason() == FinishReason.CANCELLED
                || answer(b).finishReason() == FinishReason.CANCELLED) {
            return Optional.of("an answer was cut off by its reader");
        }
        if (same(response(a), response(b))) {
            return Optional.of("the answers are the same");
        }
        return Optional.empty();
    }

    private Example preference(Comparison comparison) {
        return new Example.Preference(
                id("preference", comparison.a().toString(), comparison.b().toString()),
                promptIds(comparison.a()),
                response(comparison.a()),
                response(comparison.b()),
                comparison.outcome(),
                0,
                provenance,
                messages(comparison.a()));
    }

    private Paired corrected(ChoiceRef choice, String text) {
        Response original = response(choice);
        if (text.strip().equals(original.text().strip())) {
            return new Paired.Fruitless("the correction changes nothing");
        }
        Response edited = new Response(text, null, null);
        Example demonstration =
                new Example.Demonstration(
                        id("demonstration", choice.toString()),
                        promptIds(choice),
                        edited,
                        provenance,
                        messages(choice));
        if (isEmpty(choice)) {
            return new Paired.Examples(List.of(demonstration));
        }
        Example preference =
                new Example.Preference(
                        id("preference", choice.toString(), "correction"),
                        promptIds(choice),
                        edited,
                        original,
                        Outcome.A,
                        0,
                        provenance,
                        messages(choice));
        return new Paired.Examples(List.of(preference, demonstration));
    }

    private Paired demonstrated(String text) {
        CompletionId completion = feedback.completion();
        return new Paired.Examples(
                List.of(
                        new Example.Demonstration(
                                id("demonstration", completion.toString()),
                                kept(completion).promptIds(),
                                new Response(text, null, null),
                                provenance,
                                kept(completion).promptMessages())));
    }

    private Paired criticised(ChoiceRef choice, String text) {
        return new Paired.Examples(
                List.of(
                        new Example.Critique(
                                id("critique", choice.toString()),
                                promptIds(choice),
                                response(choice),
                                text,
                                provenance,
                                messages(choice))));
    }

    private String id(String kind, String... candidates) {
        return Item.id(kind, List.of(candidates), feedback.rater());
    }

    private KeptCompletion kept(CompletionId id) {
        KeptCompletion kept = completions.get(id);
        if (kept == null) {
            throw new IllegalArgumentException("pairing needs completion " + id);
        }
        return kept;
    }

    private Answer answer(ChoiceRef choice) {
        return kept(choice.completion()).answers().get(choice.index());
    }

    private List<Integer> promptIds(ChoiceRef choice) {
        return kept(choice.completion()).promptIds();
    }

    private Response response(ChoiceRef choice) {
        return answer(choice).response();
    }

    private List<Message> messages(ChoiceRef choice) {
        return kept(choice.completion()).promptMessages();
    }

    /// An imported answer has no token ids: it is empty where its text is.
    private boolean isEmpty(ChoiceRef choice) {
        List<Integer> tokenIds = response(choice).tokenIds();
        return tokenIds == null ? response(choice).text().isBlank() : tokenIds.isEmpty();
    }

    private static boolean same(Response a, Response b) {
        List<Integer> tokenIds = a.tokenIds();
        return tokenIds == null
                ? a.text().strip().equals(b.text().strip())
                : tokenIds.equals(b.tokenIds());
    }
}
