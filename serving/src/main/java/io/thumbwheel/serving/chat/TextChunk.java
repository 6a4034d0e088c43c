package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.thumbwheel.serving.chat.AnswerListener.Piece;

/// A chunk of one choice in which only the text changes from one to the next: the JSON around it is
/// written once, not for every token.
///
/// @param before what comes before the text
/// @param after what comes after it
record TextChunk(String before, String after) {
    /// A character of no meaning, which nothing behind the text contains.
    private static final String TEXT = "\uE000";

    /// @param like a piece of the choice
    static TextChunk of(Wire wire, Piece like) {
        String json = wire.content(new Piece(like.choice(), TEXT, like.tokens())).toString();
        int at = json.lastIndexOf(TEXT);
        return new TextChunk(json.substring(0, at), json.substring(at + TEXT.length()));
    }

    /// The chunk with this text.
    String with(String text) {
        StringBuilder json = new StringBuilder(before);
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        return json.append(after).toString();
    }
}
