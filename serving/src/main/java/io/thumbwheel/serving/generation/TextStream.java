package io.thumbwheel.serving.generation;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/// Token ids of one answer to text deltas: never half a UTF-8 character, never half a stop text.
public final class TextStream {
    private final IntFunction<byte[]> bytes;
    private final List<String> stop;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final StringBuilder held = new StringBuilder();
    private byte[] halfCharacter = {};
    private boolean stopped;

    /// @param bytes what each token id stands for; empty for special tokens
    /// @param stop texts at which the answer ends; the text itself is cut off
    public TextStream(IntFunction<byte[]> bytes, List<String> stop) {
        this.bytes = bytes;
        this.stop = stop.stream().filter(text -> !text.isEmpty()).toList();
    }

    /// Takes a token.
    ///
    /// @return the text that may be shown now; often empty
    public String accept(int tokenId) {
        if (stopped) {
            return "";
        }
        decode(bytes.apply(tokenId), false);
        return show(false);
    }

    /// Whether a stop text has appeared: nothing more is shown.
    public boolean stopped() {
        return stopped;
    }

    /// Ends the answer.
    ///
    /// @return what was held back
    public String finish() {
        if (stopped) {
            return "";
        }
        decode(new byte[0], true);
        return show(true);
    }

    private void decode(byte[] more, boolean end) {
        ByteBuffer input = ByteBuffer.allocate(halfCharacter.length + more.length);
        input.put(halfCharacter).put(more).flip();
        CharBuffer output = CharBuffer.allocate(input.remaining() + 1);
        decoder.decode(input, output, end);
        if (end) {
            decoder.flush(output);
        }
        halfCharacter = new byte[input.remaining()];
        input.get(halfCharacter);
        held.append(output.flip());
    }

    private String show(boolean all) {
        int end = firstStop();
        if (end >= 0) {
            stopped = true;
        } else {
            end = all ? held.length() : held.length() - possibleStop();
        }
        String shown = held.substring(0, end);
        held.delete(0, end);
        return shown;
    }

    private int firstStop() {
        int first = -1;
        for (String text : stop) {
            int at = held.indexOf(text);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    /// Length of the longest end of the held text with which a stop text begins.
    private int possibleStop() {
        int longest = 0;
        for (String text : stop) {
            for (int length = Math.min(text.length() - 1, held.length());
                    length > longest;
                    length--) {
                if (text.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
