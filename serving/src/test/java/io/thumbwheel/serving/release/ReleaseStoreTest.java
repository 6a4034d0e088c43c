package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.serving.ReleaseFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseStoreTest {
    @TempDir Path root;

    @BeforeEach
    void fill() throws IOException {
        ReleaseFolders.copy("tiny-release-next", root);
        ReleaseFolders.copy("tiny-release", root);
        Files.createDirectories(root.resolve(".part-r2-00000000"));
    }

    private static ReleaseStore store(Path root) {
        return new ReleaseStore(root, new KnownDigests(Clock.systemUTC()));
    }

    @Test
    void releasesAreListedFromTheFirst() {
        ReleaseStore store = store(root);

        assertThat(store.ids()).containsExactly(ReleaseFolders.FIRST, ReleaseFolders.NEXT);
        assertThat(store.first()).contains(ReleaseFolders.FIRST);
        assertThat(store(root.resolve("none")).ids()).isEmpty();
    }

    @Test
    void ancestorsLeadBackToTheFirst() throws IOException {
        ReleaseStore store = store(root);

        assertThat(store.ancestors(ReleaseFolders.NEXT)).containsExactly(ReleaseFolders.FIRST);
        assertThat(store.ancestors(ReleaseFolders.FIRST)).isEmpty();

        Files.delete(root.resolve(ReleaseFolders.NEXT).resolve("manifest.json"));
        assertThat(store.ancestors(ReleaseFolders.NEXT)).containsExactly(ReleaseFolders.FIRST);
    }

    @Test
    void nothingOutsideOfTheStoreIsARelease() {
        ReleaseStore store = store(root.resolve(ReleaseFolders.FIRST));

        assertThat(store.contains("../" + ReleaseFolders.NEXT)).isFalse();
        assertThat(store.contains("")).isFalse();
    }

    @Test
    void aWholeReleaseIsTaken() throws ReleaseRefusedException {
        assertThat(store(root).verify(ReleaseFolders.FIRST).id()).isEqualTo(ReleaseFolders.FIRST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "model.onnx", "model.onnx.data", "config.json"})
    void oneFlippedBitIsFound(String file) throws IOException {
        ReleaseFolders.damage(root.resolve(ReleaseFolders.FIRST).resolve(file));

        assertThatThrownBy(() -> store(root).verify(ReleaseFolders.FIRST))
                .isInstanceOf(ReleaseRefusedException.class)
                .hasMessageContaining(file + " of release r0-6320f0ed is damaged");
    }

    @Test
    void aMissingFileIsFound() throws IOException {
        Files.delete(root.resolve(ReleaseFolders.FIRST).resolve("model.onnx"));

        assertThatThrownBy(() -> store(root).verify(ReleaseFolders.FIRST))
                .isInstanceOf(ReleaseRefusedException.class)
                .hasMessageContaining("model.onnx of release r0-6320f0ed cannot be read");
    }

    @Test
    void anotherReleasesManifestIsFound() throws IOException {
        Files.copy(
                root.resolve(ReleaseFolders.NEXT).resolve("manifest.json"),
                root.resolve(ReleaseFolders.FIRST).resolve("manifest.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> store(root).verify(ReleaseFolders.FIRST))
                .isInstanceOf(ReleaseRefusedException.class)
                .hasMessageContaining("holds the manifest of release r1-a1268327");
    }
}
