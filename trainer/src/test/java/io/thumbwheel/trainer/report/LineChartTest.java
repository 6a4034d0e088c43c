package io.thumbwheel.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.report.LineChart.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LineChartTest {
    @Test
    void theCurveFillsItsFrame() {
        String svg =
                new LineChart(
                                "objective/kl",
                                List.of(new Point(1, 0.5), new Point(2, 1), new Point(3, 2.5)))
                        .svg();

        // x from 52 to 292, y from 132 (lowest) to 22 (highest)
        assertThat(svg)
                .contains("<polyline points=\"52.0,132.0 172.0,104.5 292.0,22.0\"/>")
                .contains(">objective/kl</text>", ">2.500</text>", ">0.5000</text>")
                .contains("<title>step 2: 1</title>");
    }

    @Test
    void aConstantIsInTheMiddleAndWhatIsNoNumberIsLeftOut() {
        assertThat(
                        new LineChart(
                                        "m",
                                        List.of(
                                                new Point(1, 3),
                                                new Point(2, Double.NaN),
                                                new Point(3, 3)))
                                .svg())
                .contains("<polyline points=\"52.0,77.0 292.0,77.0\"/>");
        assertThat(new LineChart("m", List.of(new Point(1, Double.NaN))).svg())
                .doesNotContain("polyline");
    }

    @Test
    void numbersAreShort() {
        assertThat(List.of(0.0, 12.0, 0.12345, 1.23456, 123.456, 1e-7, -2.5e9))
                .map(LineChart::number)
                .containsExactly("0", "12", "0.1235", "1.235", "123.5", "1.00e-07", "-2.50e+09");
    }
}
