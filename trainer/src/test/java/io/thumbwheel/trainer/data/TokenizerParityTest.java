package io.thumbwheel.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.thumbwheel.schemas.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What this project writes and reads, against Hugging Face's own library.
final class TokenizerParityTest {
    private static final List<String> TRAINED_ON =
            List.of(
                    "Once upon a time there was a little dog. The dog had a red ball, and it's fun.",
                    "The little cat and the little dog didn't play. They'll play in 2024!",
                    "Zoë said \"hello\" to the dog.\nThe end.");
    private static final List<String> TEXTS =
            List.of(
                    "",
                    " ",
                    "the little dog",
                    "  The   dog\n\n\n plays\t. ",
                    "Zoë naïve café e\u0301",
                    "🍎🍏 👩‍👩‍👧 🇪🇺",
                    "漢字かな 한국어 العربية",
                    "I'll you're it'S DON'T",
                    "1234567 3.14 ½ ²",
                    "a\u00a0b\u2003c\u200bd\r\ne",
                    "!!??...---\"\"''",
                    "x".repeat(300));

    @TempDir static Path folder = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        var training = new PairTraining();
        TRAINED_ON.forEach(training::add);
        TokenizerFiles.write(training.train(TokenizerFiles.merges(320)), 64, folder);
    }

    @Test
    void givesTheSameIdsAndTexts() throws IOException {
        Tokenizer own = Tokenizer.load(folder.resolve("tokenizer.json"));
        try (var other = HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"))) {
            for (String text : TEXTS) {
                long[] expected = other.encode(text, false, false).getIds();
                assertThat(own.encode(text).stream().mapToLong(Integer::longValue).toArray())
                        .as(text)
                        .isEqualTo(expected);
                assertThat(own.decode(own.encode(text))).isEqualTo(text);
                assertThat(other.decode(expected, true)).isEqualTo(text);
            }
        }
    }

    @Test
    void specialTokensAreRecognisedOnlyByTheOther() throws IOException {
        Tokenizer own = Tokenizer.load(folder.resolve("tokenizer.json"));
        try (var other = HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"))) {
            long[] special = other.encode("<|eos|>the dog", false, false).getIds();

            assertThat(special[0]).isEqualTo(2).isEqualTo(own.id("<|eos|>"));
            assertThat(own.encode("<|eos|>the dog")).doesNotContain(2);
            assertThat(own.decode(Arrays.stream(special).mapToInt(i -> (int) i).boxed().toList()))
                    .isEqualTo("the dog");
        }
    }

    @Test
    void learnsTheMostFrequentPairFirst() {
        var training = new PairTraining();
        training.add("aaab aaab aab cd");

        assertThat(training.train(2))
                .containsExactly(new PairTraining.Pair('a', 'a'), new PairTraining.Pair(32, 256));
    }
}
