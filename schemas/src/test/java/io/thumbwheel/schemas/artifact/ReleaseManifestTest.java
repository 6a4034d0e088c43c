package io.thumbwheel.schemas.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thumbwheel.schemas.event.LogProbs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseManifestTest {
    @TempDir private Path folder;

    @Test
    void readsBackWhatItWrote() throws IOException {
        ReleaseManifest manifest = manifest("r3-0123abcd", 0.61);

        Files.write(folder.resolve(ReleaseManifest.FILE), manifest.toJson());

        assertThat(ReleaseManifest.read(folder)).isEqualTo(manifest);
        assertThat(manifest.sequence()).isEqualTo(3);
    }

    @Test
    void aManifestOfBeforeQuantisedGraphsIsRead() throws IOException {
        Files.writeString(
                folder.resolve(ReleaseManifest.FILE),
                """
                {"schema":1,"id":"r0-0123abcd","parent":null,"createdAt":"2026-01-02T03:04:05Z",
                 "lineage":{},"scores":{},"klToReference":0.0,
                 "parity":{"maxLogit":1e-4,"maxLogProb":2e-5,"meanLogProb":3e-6},
                 "selfTest":[],"files":{}}
                """);

        ReleaseManifest manifest = ReleaseManifest.read(folder);

        assertThat(manifest.quantised()).isEmpty();
        assertThat(manifest.parityOf(Precision.INT8)).isEmpty();
        assertThat(manifest.parityOf(Precision.FP32)).contains(manifest.parity());
    }

    @Test
    void quantisedGraphsStandUnderTheirLabels() throws IOException {
        JsonNode json = new ObjectMapper().readTree(manifest("r3-0123abcd", 0.61).toJson());

        assertThat(json.at("/quantised/int8/parity/meanLogProb").doubleValue()).isEqualTo(0.01);
        assertThat(json.at("/quantised/int8/greedyAgreement").doubleValue()).isEqualTo(0.98);
    }

    @Test
    void digestIsTheOneOfSha256sum() throws IOException {
        Path file = folder.resolve("abc");
        Files.writeString(file, "abc");

        assertThat(ReleaseManifest.FileDigest.of(file))
                .isEqualTo(
                        new ReleaseManifest.FileDigest(
                                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                3));
    }

    @Test
    void refusesAnInfiniteScore() {
        assertThatThrownBy(() -> manifest("r3-0123abcd", Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("score win of release r3-0123abcd is NaN");
    }

    private static ReleaseManifest manifest(String id, double win) {
        return new ReleaseManifest(
                1,
                id,
                "r2-89abcdef",
                Instant.parse("2026-01-02T03:04:05.123456Z"),
                new TreeMap<>(Map.of("seed", "7")),
                new TreeMap<>(Map.of("win", win)),
                2.5,
                new ReleaseManifest.Parity(1e-4, 2e-5, 3e-6),
                new TreeMap<>(
                        Map.of(
                                Precision.INT8,
                                new ReleaseManifest.Quantised(
                                        new ReleaseManifest.Parity(0.3, 0.2, 0.01), 0.98))),
                List.of(
                        new ReleaseManifest.SelfTest(
                                List.of(1, 3),
                                List.of(9, 2),
                                LogProbs.of(-0.5f, -1.5f),
                                LogProbs.of(0.25f, 0.75f))),
                new TreeMap<>(Map.of("config.json", new ReleaseManifest.FileDigest("00", 2))));
    }
}
