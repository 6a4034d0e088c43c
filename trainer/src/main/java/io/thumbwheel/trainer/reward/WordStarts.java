package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;

/// Which tokens begin a word: people see how many words an answer has, not how many tokens.
public final class WordStarts {
    private final BitSet starts;

    private WordStarts(BitSet starts) {
        this.starts = starts;
    }

    /// The tokens of a Hugging Face folder that begin with white space. Without a tokenizer every
    /// token passes for a word.
    ///
    /// @param vocab tokens of its model
    public static WordStarts of(Path folder, int vocab) {
        BitSet starts = new BitSet(vocab);
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            starts.set(0, vocab);
            return new WordStarts(starts);
        }
        Tokenizer tokenizer = Tokenizer.load(file);
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            byte[] bytes = tokenizer.bytes(id);
            starts.set(id, bytes.length > 0 && Character.isWhitespace(bytes[0]));
        }
        return new WordStarts(starts);
    }

    /// Words of an answer. It begins with one, whatever its first token.
    int words(Answer answer) {
        List<Integer> ids = answer.responseIds();
        int words = starts.get(ids.getFirst()) ? 0 : 1;
        for (int id : ids) {
            words += starts.get(id) ? 1 : 0;
        }
        return words;
    }

    /// A bit a token, as text.
    String encoded() {
        return Base64.getEncoder().encodeToString(starts.toByteArray());
    }

    /// Reads what [#encoded] wrote.
    static WordStarts decoded(String text) {
        return new WordStarts(BitSet.valueOf(Base64.getDecoder().decode(text)));
    }
}
