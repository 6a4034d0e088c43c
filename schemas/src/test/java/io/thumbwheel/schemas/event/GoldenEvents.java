package io.thumbwheel.schemas.event;

import io.thumbwheel.schemas.event.CompletionServed.Arm;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.Example.Provenance;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Sampling.Format;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One event of every kind and of every opinion, by the name of its file in `events/v1`.
final class GoldenEvents {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final CompletionId COMPLETION =
            CompletionId.parse("chatcmpl-019b7c4e-1234-7abc-8def-0123456789ab-c0de10123456789a");
    private static final ChoiceRef FIRST = new ChoiceRef(COMPLETION, 0);
    private static final ChoiceRef SECOND = new ChoiceRef(COMPLETION, 1);
    private static final String RATER = "0123456789abcdef0123456789abcdef";
    private static final List<Integer> PROMPT = List.of(1, 3, 512, 4);
    private static final Response ANSWER =
            new Response("Once upon a time.", List.of(700, 701, 2), "r0-0a1b2c3d");
    private static final Provenance PROVENANCE =
            new Provenance(
                    List.of("019b7c4e-5678-7abc-8def-0123456789ab"),
                    RATER,
                    RaterKind.USER,
                    Split.TRAIN,
                    AT);

    private GoldenEvents() {}

    static Map<String, Event> byName() {
        Map<String, Event> events = new LinkedHashMap<>();
        Sampling plain = new Sampling(0.7, 0.95, 40, 0.05, 48, List.of("\n\n"), 42);
        events.put("completion_served", completion(plain, Map.of()));
        LogitRules rules = new LogitRules(0.5, -0.25, 1.1, Map.of(700, -100.0, 5, 2.5));
        events.put(
                "completion_served-rules",
                completion(
                        new Sampling(0.7, 0.95, 40, 0.05, 48, List.of("\n\n"), 42, rules, null),
                        Map.of()));
        Sampling json =
                new Sampling(
                        0.7, 0.95, 40, 0.05, 48, List.of("\n\n"), 42, null, Format.JSON_OBJECT);
        events.put(
                "completion_served-json_object",
                completion(json, Map.of("app", "story", "version", "7")));
        opinions()
                .forEach((name, opinion) ->
                        events.put(
                                "feedback_given-" + name,
                                new FeedbackGiven(
                                        "019b7c4e-5678-7abc-8def-0123456789ab",
                                        AT,
                                        COMPLETION,
                                        RATER,
                                        RaterKind.USER,
                                        true,
                                        opinion)));
        events.put(
                "feedback_given-network",
                new FeedbackGiven(
                        "019b7c4e-5678-7abc-8def-0123456789ab",
                        AT,
                        COMPLETION,
                        RATER,
                        RaterKind.USER,
                        true,
                        new Opinion.Rating(FIRST, 5),
                        "0123456789abcdef",
                        null,
                        null));
        ImportedAnswers imported =
                new ImportedAnswers(
                        List.of(new Message("user", "Tell me one.")),
                        List.of("Once upon a time.", "The end."));
        CompletionId importedId =
                CompletionId.parse(
                        "chatcmpl-ffffffff-ffff-7abc-8def-0123456789ab-c0de10123456789a");
        events.put(
                "feedback_given-imported",
                new FeedbackGiven(
                        "019b7c4e-5678-7abc-8def-0123456789ab",
                        AT,
                        importedId,
                        RATER,
                        RaterKind.IMPORTED,
                        true,
                        new Opinion.Pick(
                                List.of(new ChoiceRef(importedId, 0), new ChoiceRef(importedId, 1)),
                                List.of(),
                                Verdict.CHOSE,
                                0),
                        null,
                        "acme",
                        imported));
        events.put("rater_forgotten", new RaterForgotten(RATER, AT));
        Response other = new Response("The end.", List.of(705, 2), "r1-4e5f6a7b");
        Response written = new Response("Once, long ago.", null, null);
        events.put(
                "preference",
                new Example.Preference("e1", PROMPT, ANSWER, other, Outcome.A, 0, PROVENANCE));
        events.put(
                "preference-imported",
                new Example.Preference(
                        "e5",
                        List.of(),
                        new Response("Once upon a time.", null, null),
                        written,
                        Outcome.A,
                        0,
                        PROVENANCE,
                        imported.prompt()));
        events.put("rated", new Example.Rated("e2", PROMPT, ANSWER, 0.5, PROVENANCE));
        events.put("demonstration", new Example.Demonstration("e3", PROMPT, written, PROVENANCE));
        events.put(
                "critique", new Example.Critique("e4", PROMPT, ANSWER, "Too short.", PROVENANCE));
        events.put("withdrawn", new Example.Withdrawn("e1", PROVENANCE));
        events.put(
                "prompt_seen",
                new PromptSeen(PromptSeen.digestOf(PROMPT), AT, PROMPT, RATER, Split.TEST));
        events.put("rater_trust", new RaterTrust(RATER, AT, 0.75, false, "agrees with others"));
        events.put(
                "rater_trust-ruling",
                new RaterTrust(
                        RATER,
                        AT,
                        0.5,
                        true,
                        "operator says so",
                        new RaterTrust.Ruling(RaterTrust.Decision.QUARANTINE, "ops", "spam", AT)));
        events.put(
                "rollout_decision",
                new RolloutDecision(
                        "default",
                        AT,
                        3,
                        "r1-4e5f6a7b",
                        "r2-8c9d0e1f",
                        0.25,
                        null,
                        0,
                        false,
                        "operator",
                        "try the refreshed policy"));
        events.put(
                "release_applied",
                new SwapReport.ReleaseApplied("serving-0", AT, "r1-4e5f6a7b", 812, 41.5));
        events.put(
                "release_refused",
                new SwapReport.ReleaseRefused(
                        "serving-0", AT, "r1-4e5f6a7b", "digest of model.onnx differs"));
        events.put(
                "training_progress",
                new TrainingProgress(
                        "run-1",
                        AT,
                        "ppo",
                        3,
                        24,
                        Map.of("objective/kl", 0.125, "policy/clipfrac", 0.0),
                        ""));
        return events;
    }

    private static CompletionServed completion(Sampling sampling, Map<String, String> metadata) {
        return new CompletionServed(
                COMPLETION,
                AT,
                "conversation-1",
                RATER,
                true,
                List.of(
                        new Message("system", "You tell stories."),
                        new Message("user", "Tell me one. 🙂")),
                PROMPT,
                "ab54d286b2f8a3c7d3d0d3f4b8b1a0c9e8f7d6c5b4a39281706f5e4d3c2b1a09",
                sampling,
                List.of(
                        new Choice(
                                "r0-0a1b2c3d",
                                Arm.PRIMARY,
                                "Once upon a time.",
                                List.of(700, 701, 2),
                                LogProbs.of(-0.5f, -1.25f, -0.0625f),
                                FinishReason.STOP),
                        new Choice(
                                "r1-4e5f6a7b",
                                Arm.HOLD_OUT,
                                "The",
                                List.of(705),
                                LogProbs.of(-2f),
                                FinishReason.LENGTH)),
                metadata);
    }

    private static Map<String, Opinion> opinions() {
        Map<String, Opinion> opinions = new LinkedHashMap<>();
        opinions.put("thumb", new Opinion.Thumb(FIRST, true, List.of("accurate"), "Lovely."));
        opinions.put("rating", new Opinion.Rating(FIRST, 5));
        opinions.put(
                "pick", new Opinion.Pick(List.of(FIRST, SECOND), List.of(1, 0), Verdict.CHOSE, 1));
        opinions.put(
                "pick_both_bad",
                new Opinion.Pick(List.of(FIRST, SECOND), List.of(), Verdict.BOTH_BAD, -1));
        opinions.put("ranking", new Opinion.Ranking(List.of(List.of(1), List.of(0))));
        opinions.put("correction", new Opinion.Correction(FIRST, "Once, long ago."));
        opinions.put("demonstration", new Opinion.Demonstration("Once, long ago."));
        opinions.put("critique", new Opinion.Critique(SECOND, "Too short."));
        opinions.put("retraction", new Opinion.Retraction("019b7c4e-1111-7abc-8def-0123456789ab"));
        return opinions;
    }
}
