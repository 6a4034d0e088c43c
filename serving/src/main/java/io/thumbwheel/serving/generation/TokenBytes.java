package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.text.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// The bytes of every token of a tokenizer, also in lexical order, so that a constraint looks once
/// at a beginning that many tokens share. Made once per tokenizer.
public final class TokenBytes {
    private static final byte[] NONE = {};

    private final byte[][] bytes; // by id
    private final int[] ordered; // ids of the tokens that have bytes, by these
    private final int[] shared; // bytes at the start that a token in order shares with the last
    private final int longest;

    /// @param bytes by token id
    TokenBytes(byte[][] bytes) {
        this.bytes = bytes;
        ordered =
                IntStream.range(0, bytes.length)
                        .filter(id -> bytes[id].length > 0)
                        .boxed()
                        .sorted(Comparator.comparing(id -> bytes[id], Arrays::compareUnsigned))
                        .mapToInt(id -> id)
                        .toArray();
        shared = new int[ordered.length];
        int most = 0;
        for (int rank = 0; rank < ordered.length; rank++) {
            byte[] token = bytes[ordered[rank]];
            most = Math.max(most, token.length);
            if (rank > 0) {
                int differs = Arrays.mismatch(bytes[ordered[rank - 1]], token);
                shared[rank] = differs < 0 ? token.length : differs;
            }
        }
        longest = most;
    }

    /// The table of a tokenizer.
    public static TokenBytes of(Tokenizer tokenizer) {
        byte[][] bytes = new byte[tokenizer.vocabSize()][];
        for (int id = 0; id < bytes.length; id++) {
            bytes[id] = tokenizer.bytes(id);
        }
        return new TokenBytes(bytes);
    }

    /// How many tokens have bytes.
    int size() {
        return ordered.length;
    }

    /// The token that is at place `rank` in lexical order.
    int id(int rank) {
        return ordered[rank];
    }

    /// How many bytes it shares at its start with the one before.
    int shared(int rank) {
        return shared[rank];
    }

    /// Bytes of the longest token.
    int longest() {
        return longest;
    }

    /// The bytes of a token, not to be changed; none for a special one.
    byte[] bytes(int id) {
        return id < bytes.length ? bytes[id] : NONE;
    }
}
