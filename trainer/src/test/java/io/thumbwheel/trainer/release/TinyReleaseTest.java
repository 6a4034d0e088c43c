package io.thumbwheel.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Also writes the releases that the tests of serving keep as resources: `mvn test -pl
/// schemas,embedded,trainer -Dtest=TinyReleaseTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Dtiny.releases=DIR` makes `DIR/tiny-release`, `DIR/tiny-release-next` and
/// `DIR/tiny-release-quantised`.
class TinyReleaseTest {
    @TempDir Path temporary;

    @Test
    void aReleaseOfFewKilobytesIsComplete() throws Exception {
        String asked = System.getProperty("tiny.releases");
        Path folder = asked == null ? temporary : Path.of(asked);

        ReleaseManifest manifest = TinyRelease.write(folder.resolve("tiny-release"), 0, 1);
        ReleaseManifest next = TinyRelease.write(folder.resolve("tiny-release-next"), 1, 2);

        ReleaseManifest quantised =
                TinyRelease.write(
                        folder.resolve("tiny-release-quantised"),
                        2,
                        3,
                        Precision.INT8,
                        Precision.INT4);

        assertThat(ReleaseManifest.read(folder.resolve("tiny-release"))).isEqualTo(manifest);
        assertThat(quantised.quantised()).containsOnlyKeys(Precision.INT8, Precision.INT4);
        assertThat(next.id()).startsWith("r1-");
        assertThat(manifest.files().keySet())
                .containsExactlyElementsOf(
                        List.of(
                                "config.json",
                                "generation_config.json",
                                "model.onnx",
                                "model.onnx.data",
                                "model.safetensors",
                                "tokenizer.json",
                                "tokenizer_config.json"));
        assertThat(Parity.withinBound(manifest.parity())).isTrue();
        assertThat(manifest.selfTest()).hasSize(2);
        assertThat(manifest.selfTest().getFirst().tokenIds())
                .allMatch(id -> id == 2 || id == 40 || id >= 105 && id <= 130);
        long bytes =
                manifest.files().values().stream()
                        .mapToLong(ReleaseManifest.FileDigest::bytes)
                        .sum();
        assertThat(bytes).isLessThan(400_000);
    }
}
