package io.thumbwheel.feedback.pairing;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Example.Response;
import java.util.List;

/// What the join keeps of a completion: enough to make examples, no log-probs. Of one whose owner
/// did not consent it keeps nothing but that.
///
/// @param id the completion
/// @param consent whether its owner agreed that it may train a model
/// @param promptIds token ids of the prompt, template included [prompt]; empty without consent
/// @param answers by choice index; empty without consent
public record KeptCompletion(
        CompletionId id, boolean consent, List<Integer> promptIds, List<Answer> answers) {
    public KeptCompletion {
        promptIds = List.copyOf(promptIds);
        answers = List.copyOf(answers);
    }

    /// What is kept of `served`.
    public static KeptCompletion of(CompletionServed served) {
        if (!served.consent()) {
            return new KeptCompletion(served.id(), false, List.of(), List.of());
        }
        return new KeptCompletion(
                served.id(),
                true,
                served.promptIds(),
                served.choices().stream()
                        .map(choice ->
                                new Answer(
                                        new Response(
                                                choice.text(), choice.tokenIds(), choice.release()),
                                        choice.arm(),
                                        choice.finishReason()))
                        .toList());
    }

    /// One answer.
    ///
    /// @param response text, token ids and release
    /// @param arm the share of traffic that it belonged to
    /// @param finishReason why it ended
    public record Answer(Response response, CompletionServed.Arm arm, FinishReason finishReason) {}
}
