package io.thumbwheel.feedback.pairing;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.ImportedAnswers;
import io.thumbwheel.schemas.event.Message;
import java.util.List;

/// What the join keeps of a completion: enough to make examples, no log-probs. Of one whose owner
/// did not consent it keeps nothing but that.
///
/// @param id the completion
/// @param user pseudonym of who asked; empty where the answers were imported
/// @param consent whether its owner agreed that it may train a model
/// @param promptIds token ids of the prompt, template included [prompt]; empty without consent and
///   where the answers were imported
/// @param promptMessages the prompt of imported answers; else empty
/// @param answers by choice index; empty without consent
public record KeptCompletion(
        CompletionId id,
        String user,
        boolean consent,
        List<Integer> promptIds,
        List<Message> promptMessages,
        List<Answer> answers) {
    public KeptCompletion {
        promptIds = List.copyOf(promptIds);
        // Absent in what was kept before there were such fields.
        user = user == null ? "" : user;
        promptMessages = promptMessages == null ? List.of() : List.copyOf(promptMessages);
        answers = List.copyOf(answers);
    }

    /// What is kept of `served`.
    public static KeptCompletion of(CompletionServed served) {
        if (!served.consent()) {
            return withoutConsent(served.id(), served.user());
        }
        return new KeptCompletion(
                served.id(),
                served.user(),
                true,
                served.promptIds(),
                List.of(),
                served.choices().stream()
                        .map(choice ->
                                new Answer(
                                        new Response(
                                                choice.text(), choice.tokenIds(), choice.release()),
                                        choice.finishReason()))
                        .toList());
    }

    /// What is kept of answers that came with their feedback; who imports them vouches for the
    /// consent of whoever asked.
    public static KeptCompletion of(CompletionId id, ImportedAnswers imported) {
        return new KeptCompletion(
                id,
                "",
                true,
                List.of(),
                imported.prompt(),
                imported.answers().stream()
                        .map(text -> new Answer(new Response(text, null, null), FinishReason.STOP))
                        .toList());
    }

    /// What is kept where its owner did not consent, or asked to be forgotten.
    public static KeptCompletion withoutConsent(CompletionId id, String user) {
        return new KeptCompletion(id, user, false, List.of(), List.of(), List.of());
    }

    /// One answer.
    ///
    /// @param response text, token ids and release
    /// @param finishReason why it ended
    public record Answer(Response response, FinishReason finishReason) {}
}
