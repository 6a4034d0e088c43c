package io.thumbwheel.feedback;

import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Arm;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.LogProbs;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.event.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/// Conversations and opinions for tests: `answer i` of a completion has token ids 10·i+1, 10·i+2.
public final class Talk {
    public static final String SIGNING_BASE64 =
            Base64.getEncoder()
                    .encodeToString(
                            "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8));
    public static final SigningKey SIGNING = new SigningKey(SIGNING_BASE64);
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    public static final List<Integer> PROMPT = List.of(1, 3, 70, 4);

    private Talk() {}

    public static CompletionId id(String conversation, int choices) {
        return CompletionId.mint(conversation, choices, SIGNING);
    }

    public static CompletionServed served(CompletionId id, String user, boolean consent) {
        return served(id, user, consent, PROMPT, "answer");
    }

    /// One whose answers are `text 0`, `text 1`, ... with token ids that depend on `text`.
    public static CompletionServed served(
            CompletionId id, String user, boolean consent, List<Integer> promptIds, String text) {
        return served(id, user, consent, promptIds, text, FinishReason.STOP);
    }

    public static CompletionServed served(
            CompletionId id,
            String user,
            boolean consent,
            List<Integer> promptIds,
            String text,
            FinishReason finishReason) {
        int base = text.equals("answer") ? 0 : 100;
        return new CompletionServed(
                id,
                NOW,
                "talk",
                user,
                consent,
                List.of(new Message("user", "tell me a story")),
                promptIds,
                "ab12",
                new Sampling(1, 1, 0, 0, 48, List.of(), 7),
                IntStream.range(0, id.choices())
                        .mapToObj(index ->
                                new Choice(
                                        "r0-11111111",
                                        Arm.PRIMARY,
                                        text + " " + index,
                                        List.of(base + 10 * index + 1, base + 10 * index + 2),
                                        LogProbs.of(-0.5f, -0.25f),
                                        finishReason))
                        .toList(),
                Map.of());
    }

    public static FeedbackGiven said(CompletionId about, String rater, Opinion opinion) {
        return said(UUID.randomUUID().toString(), about, rater, opinion);
    }

    public static FeedbackGiven said(
            String feedbackId, CompletionId about, String rater, Opinion opinion) {
        return new FeedbackGiven(feedbackId, NOW, about, rater, RaterKind.USER, true, opinion);
    }

    public static Opinion thumb(CompletionId completion, int choice, boolean up) {
        return new Opinion.Thumb(new ChoiceRef(completion, choice), up, List.of(), null);
    }

    public static Opinion pick(CompletionId completion, int chosen) {
        return pick(all(completion), Verdict.CHOSE, chosen);
    }

    public static Opinion pick(List<ChoiceRef> among, Verdict verdict, int chosen) {
        return new Opinion.Pick(among, List.of(), verdict, chosen);
    }

    public static List<ChoiceRef> all(CompletionId completion) {
        return IntStream.range(0, completion.choices())
                .mapToObj(index -> new ChoiceRef(completion, index))
                .toList();
    }
}
