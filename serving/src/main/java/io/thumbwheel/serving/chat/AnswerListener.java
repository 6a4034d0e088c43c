package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.serving.web.ApiException;
import java.util.List;

/// Hears one answer: pieces of text, then exactly one of [#ended] and [#failed]. Called on other
/// people's threads, above all the scheduler's: it must not block.
interface AnswerListener {
    /// Text was added to a choice.
    void piece(Piece piece);

    /// All choices are drawn, and the journal has them.
    void ended(Ended end);

    /// There will be no more.
    void failed(ApiException why);

    /// An answer that has ended.
    ///
    /// @param served what the journal has
    /// @param tokens of every choice, all of them
    /// @param cachedTokens tokens of the prompt that no choice had computed
    /// @param kept whether its conversation's history has it
    record Ended(CompletionServed served, List<Tokens> tokens, int cachedTokens, boolean kept) {
        public Ended {
            tokens = List.copyOf(tokens);
        }
    }

    /// What was added to a choice.
    ///
    /// @param choice which one
    /// @param text the text, without half characters
    /// @param tokens what was sampled since the piece before
    record Piece(int choice, String text, Tokens tokens) {}
}
