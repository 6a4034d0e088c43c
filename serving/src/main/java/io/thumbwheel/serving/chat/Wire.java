package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.serving.chat.AnswerListener.Ended;
import io.thumbwheel.serving.chat.AnswerListener.Piece;
import io.thumbwheel.serving.release.Resident;
import java.util.List;

/// An answer in one of OpenAI's forms, whole or as the chunks of a stream. One answer's, used by
/// one thread.
interface Wire {
    /// The form that belongs to what was asked.
    static Wire of(Prompt prompt, Resident release) {
        Envelope envelope = new Envelope(prompt, release);
        return switch (prompt.request().input()) {
            case CompletionRequest.Input.Chat _ -> new ChatWire(envelope);
            case CompletionRequest.Input.Text _, CompletionRequest.Input.Ids _ ->
                    new TextWire(envelope);
        };
    }

    /// The whole answer.
    ObjectNode whole(Ended end);

    /// The chunks before the first text.
    List<ObjectNode> opening();

    /// A chunk of text.
    ObjectNode content(Piece piece);

    /// The last chunk of a choice: why it ended.
    ///
    /// @param rest tokens that no piece has told, such as EOS
    ObjectNode finish(int choice, Ended end, Tokens rest);

    /// The chunk after all choices: how many tokens.
    ObjectNode usage(Ended end);
}
