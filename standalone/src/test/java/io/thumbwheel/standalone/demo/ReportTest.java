package io.thumbwheel.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.standalone.demo.ReleaseRow.Live;
import io.thumbwheel.standalone.demo.ReleaseRow.Origin;
import io.thumbwheel.standalone.demo.ReleaseRow.Quality;
import io.thumbwheel.standalone.demo.ReleaseRow.SwapFigures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir Path folder;

    @Test
    void aReleaseIsOneFlatObject() throws Exception {
        ReleaseRow row =
                new ReleaseRow(
                        "r1-00000001",
                        new Quality(1.5, 0.7, 0.62, 0.78, 0.66, 20.0, 0.98, 0.5, 0.1),
                        Live.of(new Tally.Counts(3, 4, 1.5, 2)),
                        new Origin(4.2, 0.71, 90.0),
                        new SwapFigures(210L, 1.5, 12.0, 20.0),
                        0,
                        null);

        JsonNode release = written(row).path("releases").path(0);

        assertThat(release.properties().stream().map(Map.Entry::getKey))
                .contains(
                        "id",
                        "score",
                        "winRateVsR0",
                        "winRateLow",
                        "winRateHigh",
                        "lengthControlledWinRate",
                        "klToR0",
                        "thumbsUpShare",
                        "meanTokens",
                        "eosShare",
                        "distinct2",
                        "swapMillis",
                        "flipMicros",
                        "failedRequests",
                        "refused");
        assertThat(release.path("winRateVsR0").asDouble()).isEqualTo(0.7);
        assertThat(release.path("thumbsUpShare").asDouble()).isEqualTo(0.75);
        assertThat(release.path("liveWinRate").asDouble()).isEqualTo(0.75);
        assertThat(release.path("refused").isNull()).isTrue();
    }

    @Test
    void aRefusedRefreshHasItsFieldsAndItsReason() throws Exception {
        ReleaseRow row =
                new ReleaseRow(
                        "run-1",
                        Quality.NONE,
                        Live.NONE,
                        Origin.NONE,
                        SwapFigures.NONE,
                        0,
                        "KL to r0 is 12");

        JsonNode release = written(row).path("releases").path(0);

        assertThat(release.path("refused").asText()).isEqualTo("KL to r0 is 12");
        assertThat(release.has("winRateVsR0")).isTrue();
        assertThat(release.path("winRateVsR0").isNull()).isTrue();
    }

    private JsonNode written(ReleaseRow row) throws Exception {
        Report report =
                new Report(
                        "length",
                        "off",
                        1,
                        "2026-01-01T00:00:00Z",
                        60,
                        "a machine",
                        0.1,
                        1.4,
                        600,
                        1200,
                        0,
                        List.of(),
                        List.of(row),
                        true,
                        "it wins",
                        List.of());
        Path file = report.write(folder);
        assertThat(ResultTable.lines(report)).contains("PASSED: it wins");
        return JsonMapper.builder().build().readTree(file.toFile());
    }
}
