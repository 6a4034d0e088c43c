package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells the words of an answer: people see words, not tokens. A word is a run of letters and
/// digits in lower case, apostrophes within it included; an ideograph is a word of its own. Without
/// a tokenizer every token passes for a word, its id for the text.
public final class Words {
    static final String FILE = "tokenizer.json";

    private static final Pattern WORD =
            Pattern.compile(
                    "\\p{IsIdeographic}|[\\p{L}\\p{M}\\p{N}&&\\P{IsIdeographic}]+(?:['’]\\p{L}+)*");

    /// What may lie between two words of which the first ends a sentence.
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?…]\\P{L}*\\s|[。！？\\n]");

    /// Every token is a word.
    static final Words TOKENS = new Words(Optional.empty());

    private final Optional<Source> source;

    /// @param file that the tokenizer was read from
    private record Source(Tokenizer tokenizer, Path file) {}

    private Words(Optional<Source> source) {
        this.source = source;
    }

    /// By the tokenizer of a Hugging Face folder, where it has one.
    public static Words of(Path folder) {
        Path file = folder.resolve(FILE);
        return Files.isRegularFile(file)
                ? new Words(Optional.of(new Source(Tokenizer.load(file), file)))
                : TOKENS;
    }

    /// What an answer says.
    ///
    /// @param all words, in order
    /// @param last those of the last sentence; none without a tokenizer
    record Said(List<String> all, List<String> last) {}

    /// The words of an answer.
    Said in(Answer answer) {
        if (source.isEmpty()) {
            return new Said(answer.responseIds().stream().map(String::valueOf).toList(), List.of());
        }
        String text = source.get().tokenizer.decode(answer.responseIds()).toLowerCase(Locale.ROOT);
        List<String> words = new ArrayList<>();
        int sentence = 0;
        int end = 0;
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            if (SENTENCE_END.matcher(text.substring(end, matcher.start())).find()) {
                sentence = words.size();
            }
            words.add(matcher.group());
            end = matcher.end();
        }
        return new Said(words, words.subList(sentence, words.size()));
    }

    /// Whether an answer ended by itself: its last token is one that says nothing. Without a
    /// tokenizer no answer is known to have.
    boolean ended(Answer answer) {
        return source.isPresent()
                && source.get().tokenizer.bytes(answer.responseIds().getLast()).length == 0;
    }

    /// The tokens that spell a word behind another one.
    List<Integer> tokens(String word) {
        return source.isEmpty()
                ? List.of(Integer.valueOf(word))
                : source.get().tokenizer.encode(" " + word);
    }

    /// Whether a tokenizer tells them, and not every token is one.
    boolean tokenized() {
        return source.isPresent();
    }

    /// Writes the tokenizer into a folder that has none, for [#of].
    void save(Path folder) throws IOException {
        Path place = folder.resolve(FILE);
        if (source.isPresent() && !Files.exists(place)) {
            Files.copy(source.get().file, place);
        }
    }
}
