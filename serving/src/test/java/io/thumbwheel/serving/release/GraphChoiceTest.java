package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.ServingConfig.PrecisionSetting;
import io.thumbwheel.serving.TestingConfig;
import io.thumbwheel.serving.onnx.EngineTiming;
import io.thumbwheel.serving.onnx.OnnxConfig;
import io.thumbwheel.serving.onnx.TinyRelease;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphChoiceTest {
    private static final ReleaseManifest QUANTISED = TinyRelease.manifest(TinyRelease.QUANTISED);
    private static final double INT8_GAP = gap(Precision.INT8);
    private static final double INT4_GAP = gap(Precision.INT4);

    private final FixedTiming timing = new FixedTiming();

    @Test
    void autoTakesTheFastestThatIsNearEnough() throws Exception {
        timing.int8 = 0.5;
        timing.int4 = 0.25;

        assertThat(choice(PrecisionSetting.AUTO, INT8_GAP).of(QUANTISED, TinyRelease.QUANTISED))
                .isEqualTo(Precision.INT8);
        assertThat(choice(PrecisionSetting.AUTO, INT4_GAP).of(QUANTISED, TinyRelease.QUANTISED))
                .isEqualTo(Precision.INT4);
    }

    @Test
    void autoStaysWithFp32WhereQuantisingGainsLittle() throws Exception {
        timing.int8 = 0.95;

        assertThat(choice(PrecisionSetting.AUTO, INT8_GAP).of(QUANTISED, TinyRelease.QUANTISED))
                .isEqualTo(Precision.FP32);
    }

    @Test
    void autoMeasuresAShapeOnceAndNothingWithoutCandidates() throws Exception {
        timing.int8 = 0.5;
        GraphChoice choice = choice(PrecisionSetting.AUTO, INT8_GAP);

        choice.of(QUANTISED, TinyRelease.QUANTISED);
        choice.of(QUANTISED, TinyRelease.QUANTISED);
        assertThat(timing.measured).containsExactly(Precision.FP32, Precision.INT8);

        timing.measured.clear();
        assertThat(choice(PrecisionSetting.AUTO, 0).of(QUANTISED, TinyRelease.QUANTISED))
                .isEqualTo(Precision.FP32);
        assertThat(timing.measured).isEmpty();
    }

    @Test
    void aGraphThatIsNotThereGivesWayToFp32() throws Exception {
        ReleaseManifest plain = TinyRelease.manifest(TinyRelease.FOLDER);

        assertThat(choice(PrecisionSetting.INT4, 0).of(QUANTISED, TinyRelease.QUANTISED))
                .isEqualTo(Precision.INT4);
        assertThat(choice(PrecisionSetting.INT4, 0).of(plain, TinyRelease.FOLDER))
                .isEqualTo(Precision.FP32);
        assertThat(timing.measured).isEmpty();
    }

    private static double gap(Precision precision) {
        return QUANTISED.parityOf(precision).orElseThrow().meanLogProb();
    }

    private GraphChoice choice(PrecisionSetting precision, double nearEnough) {
        ServingConfig.Engine settings =
                TestingConfig.of(
                                Map.of(
                                        "serving.engine.precision",
                                        precision.name().toLowerCase(Locale.ROOT),
                                        "serving.engine.near-enough",
                                        String.valueOf(nearEnough)))
                        .engine();
        return new GraphChoice(settings, new OnnxConfig(2, 64, 1), timing);
    }

    /// Says the seconds that it is told.
    private static final class FixedTiming implements EngineTiming {
        private final List<Precision> measured = new ArrayList<>();
        private double int8 = 2;
        private double int4 = 2;

        @Override
        public List<Double> seconds(Path releaseFolder, OnnxConfig config) {
            measured.add(config.precision());
            double seconds =
                    switch (config.precision()) {
                        case FP32 -> 1;
                        case INT8 -> int8;
                        case INT4 -> int4;
                    };
            return List.of(seconds, seconds * 2);
        }
    }
}
