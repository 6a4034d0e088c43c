package io.thumbwheel.trainer.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {
    @TempDir private Path folder;

    @Test
    void aTextStandsBetweenBosAndEos() throws IOException {
        Document document = read("{\"text\":\"aé\"}").getFirst();

        assertThat(document.ids())
                .containsExactly(1, TinyVocabulary.id('a'), 6 + 0xc3, 6 + 0xa9, 2);
        assertThat(document.bytes()).isEqualTo(3);
    }

    @Test
    void theAnswersOfAConversationAreMarkedWithTheirEnds() throws IOException {
        Document document =
                read("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                                + "{\"role\":\"assistant\",\"content\":\"bc\"},"
                                + "{\"role\":\"user\",\"content\":\"d\"},"
                                + "{\"role\":\"assistant\",\"content\":\"e\"}]}")
                        .getFirst();

        int a = TinyVocabulary.id('a');
        assertThat(document.ids())
                .containsExactly(1, 3, a, 4, a + 1, a + 2, 2, 3, a + 3, 4, a + 4, 2);
        assertThat(document.answered().stream()).containsExactly(4, 5, 6, 10, 11);
        assertThat(document.bytes()).isEqualTo(5);
    }

    @Test
    void aLineThatIsNoDocumentIsNamed() {
        assertThatThrownBy(() -> read("{\"text\":\"a\"}\n{\"title\":\"b\"}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2 of")
                .hasMessageContaining("neither a 'text' nor 'messages'");
        assertThatThrownBy(() -> read("hello")).hasMessageContaining("line 1 of");
    }

    private List<Document> read(String lines) throws IOException {
        Vocabulary vocabulary = TinyVocabulary.write(folder);
        Path file = folder.resolve("documents.jsonl");
        Files.writeString(file, lines);
        List<Document> documents = new ArrayList<>();
        new Documents(vocabulary, true).forEach(file, documents::add);
        return documents;
    }
}
