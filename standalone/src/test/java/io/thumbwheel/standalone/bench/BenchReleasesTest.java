package io.thumbwheel.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReleasesTest {
    @Test
    void aStoreGetsTheFilesAndWhoDeletesThemThereLeavesTheOriginals(@TempDir Path folder)
            throws Exception {
        Path release = Files.createDirectories(folder.resolve("kept/r0-0000abcd"));
        Files.writeString(release.resolve("manifest.json"), "{}");
        Path store = folder.resolve("store");

        BenchReleases.link(List.of(release), store);

        assertThat(store.resolve("r0-0000abcd/manifest.json")).hasContent("{}");
        BenchReleases.delete(store.resolve("r0-0000abcd"));
        assertThat(store).isEmptyDirectory();
        assertThat(release.resolve("manifest.json")).hasContent("{}");
    }
}
