package io.thumbwheel.feedback.pairing;

import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// What an opinion is about: of several opinions of one rater about one item, the newest holds.
///
/// @param kind kind of the opinion
/// @param completions the completions that must be known before it can become examples
/// @param candidates names of what it compares or judges, in an order that does not depend on how
///   they were shown
public record Item(String kind, List<CompletionId> completions, List<String> candidates) {
    /// The order of two answers in an example: by completion, then by choice.
    static final Comparator<ChoiceRef> ORDER =
            Comparator.comparing((ChoiceRef ref) -> ref.completion().toString())
                    .thenComparingInt(ChoiceRef::index);

    public Item {
        completions = List.copyOf(completions);
        candidates = List.copyOf(candidates);
    }

    /// The item of a feedback.
    public static Item of(FeedbackGiven feedback) {
        CompletionId completion = feedback.completion();
        return switch (feedback.opinion()) {
            case Opinion.Thumb(var choice, var _, var _, var _) -> one("thumb", choice);
            case Opinion.Rating(var choice, var _) -> one("rating", choice);
            case Opinion.Correction(var choice, var _) -> one("correction", choice);
            case Opinion.Critique(var choice, var _) -> one("critique", choice);
            case Opinion.Pick pick -> among(pick);
            case Opinion.Ranking _ -> whole("ranking", completion);
            case Opinion.Demonstration _ -> whole("demonstration", completion);
            case Opinion.Retraction(var feedbackId) ->
                    new Item("retraction", List.of(completion), List.of(feedbackId));
        };
    }

    /// Names the item of one rater, 32 hex digits.
    public String id(String rater) {
        return id(kind, candidates, rater);
    }

    /// The id of an example: the same for the same kind, candidates and rater, 32 hex digits.
    static String id(String kind, List<String> candidates, String rater) {
        String text = kind + "\n" + String.join("\n", candidates) + "\n" + rater;
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Item one(String kind, ChoiceRef choice) {
        return new Item(kind, List.of(choice.completion()), List.of(choice.toString()));
    }

    private static Item whole(String kind, CompletionId completion) {
        return new Item(kind, List.of(completion), List.of(completion.toString()));
    }

    private static Item among(Opinion.Pick pick) {
        List<ChoiceRef> refs = pick.among().stream().sorted(ORDER).toList();
        return new Item(
                "pick",
                refs.stream().map(ChoiceRef::completion).distinct().toList(),
                refs.stream().map(ChoiceRef::toString).collect(Collectors.toList()));
    }
}
