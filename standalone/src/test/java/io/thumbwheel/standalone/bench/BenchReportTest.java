package io.thumbwheel.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
    @Test
    void costsStayBelowTheirBarAndSpeedsAboveIt() {
        assertThat(Ratio.within("start", 21, 20, "s").holds()).isFalse();
        assertThat(Ratio.atMost("gap", 18, 10, 2, "ms").holds()).isTrue();
        assertThat(Ratio.atLeast("decode", 150, 100, 1.4, "tokens/s").holds()).isTrue();
        assertThat(Ratio.atLeast("decode", 130, 100, 1.4, "tokens/s").holds()).isFalse();
        assertThat(Ratio.figure("prefill", 400, "tokens/s").holds()).isTrue();
    }

    @Test
    void linesSayTheBarOnlyWhereThereIsOne() {
        BenchReport report =
                new BenchReport(
                        "a machine",
                        "2025-01-01T00:00:00Z",
                        List.of(
                                Ratio.atLeast("decode", 130, 100, 1.4, "tokens/s"),
                                Ratio.figure("prefill", 400, "tokens/s")));

        assertThat(report.lines().get(0))
                .endsWith("130.00 tokens/s to 100.00: ratio 1.30, bar >= 1.40  MISSED");
        assertThat(report.lines().get(1)).endsWith("400.00 tokens/s");
    }

    @Test
    void rowsOfAnotherProcessAreRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("rows.json");
        Files.writeString(
                file,
                """
                [{"name":"decode","ratio":1.5,"bar":1.4,"ours":150.0,"other":100.0,
                  "unit":"tokens/s","direction":"AT_LEAST"}]
                """);

        assertThat(BenchReport.readRows(file))
                .containsExactly(Ratio.atLeast("decode", 150, 100, 1.4, "tokens/s"));
    }
}
