package io.thumbwheel.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerTest {
    private static final int HELLO = 4 + 256 + 3;
    private static final int SPACE_HELLO = 4 + 256 + 4;

    @TempDir private Path folder = Path.of("");

    private Tokenizer tokenizer() throws IOException {
        return TinyTokenizer.load(
                folder, TinyTokenizer.json("h e", "l l", "he ll", "hell o", "Ġ hello"));
    }

    @Test
    void mergesByRankWithinWords() throws IOException {
        assertThat(tokenizer().encode("hello hello")).containsExactly(HELLO, SPACE_HELLO);
        assertThat(tokenizer().encode("hell")).containsExactly(4 + 256 + 2);
        assertThat(tokenizer().encode("")).isEmpty();
    }

    @Test
    void everyTextSurvives() throws IOException {
        Tokenizer tokenizer = tokenizer();
        for (String text :
                List.of("", " a\n\n b\t", "Zoë ate 🍎🍏!", "漢字 and 'quotes'", "\u0000")) {
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void textNeverBecomesASpecialToken() throws IOException {
        List<Integer> ids = tokenizer().encode("<|eos|>");

        assertThat(ids).hasSize(7).allMatch(id -> id >= 4);
        assertThat(tokenizer().decode(List.of(0, HELLO, 1))).isEqualTo("hello");
        assertThat(tokenizer().bytes(1)).isEmpty();
        assertThat(tokenizer().bytes(HELLO)).asString(StandardCharsets.UTF_8).isEqualTo("hello");
        assertThat(tokenizer().id("<|eos|>")).isEqualTo(1);
        assertThat(tokenizer().vocabSize()).isEqualTo(4 + 256 + 5);
    }

    @Test
    void wholePiecesComeFirstWhereMergesAreIgnored() throws IOException {
        ObjectNode json = TinyTokenizer.json("h e");
        ((ObjectNode) json.get("model")).put("ignore_merges", true);
        ((ObjectNode) json.get("model").get("vocab")).put("xyz", 261);

        assertThat(TinyTokenizer.load(folder, json).encode("xyz xyz"))
                .startsWith(261)
                .hasSize(1 + 4);
    }

    @Test
    void splitsByTheFilesOwnExpression() throws IOException {
        ObjectNode json = TinyTokenizer.json("1 2", "12 3", "3 4");
        ObjectNode split = json.putObject("pre_tokenizer").put("type", "Sequence");
        var parts = split.putArray("pretokenizers");
        ObjectNode digits = parts.addObject().put("type", "Split").put("behavior", "Isolated");
        digits.putObject("pattern").put("Regex", "\\p{N}{1,3}");
        parts.addObject().put("type", "ByteLevel").put("use_regex", false);

        assertThat(TinyTokenizer.load(folder, json).encode("1234"))
                .containsExactly(4 + 256 + 1, 4 + '4');
    }

    @Test
    void refusesOtherFormsByName() {
        ObjectNode unigram = TinyTokenizer.json();
        unigram.putObject("model").put("type", "Unigram");
        assertThatThrownBy(() -> TinyTokenizer.load(folder, unigram))
                .isInstanceOf(UnsupportedTokenizerException.class)
                .hasMessageContaining("Unigram");
        ObjectNode metaspace = TinyTokenizer.json();
        metaspace.putObject("pre_tokenizer").put("type", "Metaspace");
        assertThatThrownBy(() -> TinyTokenizer.load(folder, metaspace))
                .hasMessageContaining("Metaspace");
        ObjectNode lowercase = TinyTokenizer.json();
        lowercase.putObject("normalizer").put("type", "Lowercase");
        assertThatThrownBy(() -> TinyTokenizer.load(folder, lowercase))
                .hasMessageContaining("Lowercase");
        assertThatThrownBy(() -> TinyTokenizer.load(folder, TinyTokenizer.json("zz yy")))
                .hasMessageContaining("not in the vocabulary");
    }

    @Test
    void longTextWithoutSpacesIsNotSlow() throws IOException {
        Tokenizer tokenizer =
                TinyTokenizer.load(folder, TinyTokenizer.json("a a", "aa aa", "aaaa aaaa"));

        List<Integer> ids =
                Assertions.assertTimeout(
                        Duration.ofSeconds(10), () -> tokenizer.encode("a".repeat(200_000)));

        assertThat(ids).hasSize(25_000);
    }
}
