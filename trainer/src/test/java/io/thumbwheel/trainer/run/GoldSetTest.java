package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GoldSetTest {
    @TempDir private Path folder;

    @Test
    void theFirstThatAreEnoughAreFrozenAndLaterOnesNeverJoin() throws IOException {
        Path file = folder.resolve("gold.json");

        assertThat(new GoldSet(file).ids(List.of("b", "a"), 3)).isEmpty();
        assertThat(file).doesNotExist();
        assertThat(new GoldSet(file).ids(List.of("b", "a", "c"), 3)).containsExactly("a", "b", "c");
        byte[] frozen = Files.readAllBytes(file);
        assertThat(new GoldSet(file).ids(List.of("c", "d", "e", "f"), 3))
                .containsExactly("a", "b", "c");
        assertThat(new GoldSet(file).ids(List.of(), 1)).hasSize(3);

        assertThat(file).hasBinaryContent(frozen);
        // printf 'a\nb\nc\n' | sha256sum
        assertThat(Files.readString(file))
                .contains("880553fca8fcea94e325ee2cfb48e5a985cc797f39a14cc6d3cedecfeb2ae4d2");
    }

    @Test
    void aChangedFileIsRefused() throws IOException {
        Path file = folder.resolve("gold.json");
        new GoldSet(file).ids(List.of("a", "b"), 2);
        Files.writeString(file, Files.readString(file).replace("\"a\",", ""));

        assertThatThrownBy(() -> new GoldSet(file).ids(List.of(), 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has 1 ids, which are not those that it was frozen with")
                .hasMessageContaining("delete it and the next refresh freezes a new set");

        Files.writeString(file, "{");
        assertThatThrownBy(() -> new GoldSet(file).ids(List.of(), 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not JSON: restore the file");
    }
}
