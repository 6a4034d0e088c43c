package io.thumbwheel.serving.generation;

import java.util.List;
import java.util.function.IntFunction;

/// Token ids of one answer to text deltas: never half a UTF-8 character, never half a stop text.
public final class TextStream {
    /// @param bytes what each token id stands for; empty for special tokens
    /// @param stop texts at which the answer ends; the text itself is cut off
    public TextStream(IntFunction<byte[]> bytes, List<String> stop) {
        throw new UnsupportedOperationException("not written yet: " + bytes + stop);
    }

    /// Takes a token.
    ///
    /// @return the text that may be shown now; often empty
    public String accept(int tokenId) {
        return "";
    }

    /// Whether a stop text has appeared: nothing more is shown.
    public boolean stopped() {
        return false;
    }

    /// Ends the answer.
    ///
    /// @return what was held back
    public String finish() {
        return "";
    }
}
