package io.thumbwheel.serving.generation;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Holds an answer to one JSON object: a token is possible where all of its bytes go on with it, an
/// end token when the object is complete, and then nothing else.
final class JsonConstraint implements LogitsProcessor {
    private final TokenBytes tokens;
    private final int[] ends; // ids
    private final JsonAcceptor[] path; // [0]: the answer; [i]: after i bytes of a token tried
    private final boolean[] possible; // [vocab]

    /// @param ends whether a token ends an answer
    JsonConstraint(TokenBytes tokens, int vocab, IntPredicate ends) {
        this.tokens = tokens;
        this.ends = IntStream.range(0, vocab).filter(ends).toArray();
        this.possible = new boolean[vocab];
        this.path = new JsonAcceptor[tokens.longest() + 1];
        Arrays.setAll(path, _ -> new JsonAcceptor());
    }

    @Override
    public void process(float[] logits) {
        boolean complete = path[0].complete();
        Arrays.fill(possible, false);
        if (!complete) {
            markPossible();
        }
        for (int end : ends) {
            possible[end] = complete;
        }
        for (int token = 0; token < logits.length; token++) {
            if (!possible[token]) {
                logits[token] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /// Tries the tokens in lexical order; what a token shares with the one before is not tried
    /// again.
    private void markPossible() {
        int reached = 0; // bytes of the last token that could follow
        for (int rank = 0; rank < tokens.size(); rank++) {
            int same = tokens.shared(rank);
            if (same > reached) {
                continue; // it has the very byte at which the last one failed
            }
            int id = tokens.id(rank);
            byte[] bytes = tokens.bytes(id);
            reached = same;
            while (reached < bytes.length && goesOn(reached, bytes[reached])) {
                reached++;
            }
            if (reached == bytes.length && id < possible.length) {
                possible[id] = true;
            }
        }
    }

    private boolean goesOn(int place, byte value) {
        JsonAcceptor next = path[place + 1];
        next.copy(path[place]);
        return next.accept(Byte.toUnsignedInt(value));
    }

    @Override
    public void drawn(int token) {
        for (byte value : tokens.bytes(token)) {
            path[0].accept(Byte.toUnsignedInt(value));
        }
    }
}
