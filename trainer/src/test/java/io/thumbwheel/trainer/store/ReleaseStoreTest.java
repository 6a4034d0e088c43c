package io.thumbwheel.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseStoreTest {
    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir private Path root;
    private ReleaseStore store;

    @BeforeEach
    void open() throws IOException {
        store = ReleaseStore.open(root, CLOCK);
    }

    @Test
    void numbersReleasesAndNamesThemByTheirWeights() throws IOException {
        ReleaseManifest first = store.publish(draft("abc"), explanation(null, "run-a"));
        ReleaseManifest second = store.publish(draft("abcd"), explanation(first.id(), "run-b"));

        assertThat(first.id()).isEqualTo("r0-ba7816bf");
        assertThat(second.id()).isEqualTo("r1-88d4266f");
        assertThat(second.createdAt()).isEqualTo(NOW);
        assertThat(store.list()).containsExactly(first, second);
        assertThat(store.reference()).contains(first);
        assertThat(store.ofRun("run-b")).contains(second);
        assertThat(store.find("r9-00000000")).isEmpty();
    }

    @Test
    void theManifestDigestsEveryOtherFile() throws IOException {
        ReleaseManifest release = store.publish(draft("abc"), explanation(null, "run-a"));

        assertThat(ReleaseManifest.read(store.folder(release.id()))).isEqualTo(release);
        assertThat(release.files())
                .containsOnlyKeys(
                        "config.json",
                        "generation_config.json",
                        "model.onnx",
                        "model.safetensors",
                        "tokenizer.json",
                        "tokenizer_config.json")
                .containsEntry(
                        "model.safetensors",
                        new ReleaseManifest.FileDigest(
                                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                3));
    }

    @Test
    void aTornPublishLeavesNothingAfterTheNextStart() throws IOException {
        Path torn = draft("abc");

        ReleaseStore next = ReleaseStore.open(root, CLOCK);

        assertThat(torn).doesNotExist();
        assertThat(next.list()).isEmpty();
        assertThat(next.publish(draft("abc"), explanation(null, "run-a")).sequence()).isZero();
    }

    @Test
    void refusesADraftThatLacksFiles() throws IOException {
        Path draft = draft("abc");
        Files.delete(draft.resolve("model.onnx"));

        assertThatThrownBy(() -> store.publish(draft, explanation(null, "run-a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a release needs model.onnx; nothing was published");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void aReleaseWithoutReadableManifestIsLeftOutButKeepsItsNumber() throws IOException {
        Files.createDirectory(root.resolve("r4-0123abcd"));

        ReleaseManifest next = store.publish(draft("abc"), explanation(null, "run-a"));

        assertThat(next.sequence()).isEqualTo(5);
        assertThat(store.list()).containsExactly(next);
    }

    private Path draft(String weights) throws IOException {
        Path draft = store.draft();
        for (String name :
                List.of(
                        "config.json",
                        "generation_config.json",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "model.onnx")) {
            Files.writeString(draft.resolve(name), "{}");
        }
        Files.writeString(draft.resolve("model.safetensors"), weights);
        return draft;
    }

    private static ReleaseStore.Explanation explanation(@Nullable String parent, String run) {
        return new ReleaseStore.Explanation(
                parent,
                new TreeMap<>(Map.of(Lineage.RUN, run)),
                new TreeMap<>(),
                0,
                new ReleaseManifest.Parity(0, 0, 0),
                new TreeMap<>(),
                List.of());
    }
}
