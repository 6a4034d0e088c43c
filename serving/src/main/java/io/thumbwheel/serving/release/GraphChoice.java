package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.onnx.Device;
import io.thumbwheel.serving.onnx.EngineTiming;
import io.thumbwheel.serving.onnx.OnnxConfig;
import io.thumbwheel.serving.onnx.ReleaseUnusableException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Decides which of a release's graphs serves. `auto` takes the fastest of those whose log-probs
/// its manifest puts near enough to the trainer's, by measurement on this machine, once for each
/// shape of model.
@Singleton
final class GraphChoice {
    /// What a quantised graph has to gain over fp32 to be worth its error.
    private static final double WORTH_IT = 1.1;

    private static final Logger LOG = Logger.getLogger(GraphChoice.class);

    private final ServingConfig.Engine settings;
    private final OnnxConfig engine;
    private final EngineTiming timing;

    /// Used by the loading thread only.
    private final Map<Shape, Precision> decided = new HashMap<>();

    @Inject
    GraphChoice(ServingConfig config, Engine engine, EngineTiming timing) {
        this(config.engine(), engine.config(), timing);
    }

    GraphChoice(ServingConfig.Engine settings, OnnxConfig engine, EngineTiming timing) {
        this.settings = settings;
        this.engine = engine;
        this.timing = timing;
    }

    private record Shape(ModelConfig model, List<Precision> candidates) {}

    /// The graph of a release that serves.
    ///
    /// @param folder where the release is
    Precision of(ReleaseManifest release, Path folder)
            throws IOException, ReleaseUnusableException {
        Optional<Precision> asked = settings.precision().fixed();
        if (asked.isPresent()) {
            return asked.filter(precision -> release.parityOf(precision).isPresent())
                    .orElseGet(() -> missing(release, asked.get()));
        }
        List<Precision> candidates = new ArrayList<>(List.of(Precision.FP32));
        if (engine.device() == Device.CPU) {
            release.quantised()
                    .forEach((precision, quantised) -> {
                        if (quantised.parity().meanLogProb() <= settings.nearEnough()) {
                            candidates.add(precision);
                        }
                    });
        }
        if (candidates.size() == 1) {
            return Precision.FP32;
        }
        Shape shape = new Shape(ModelConfig.read(folder), List.copyOf(candidates));
        Precision known = decided.get(shape);
        if (known == null) {
            known = fastest(release.id(), folder, candidates);
            decided.put(shape, known);
        }
        return known;
    }

    private static Precision missing(ReleaseManifest release, Precision asked) {
        LOG.warnf(
                "release %s has no %s graph (serving.engine.precision): it is served in fp32;"
                        + " import or refresh it with THUMBWHEEL_QUANTISE=%s",
                release.id(), asked.label(), asked.label());
        return Precision.FP32;
    }

    private Precision fastest(String release, Path folder, List<Precision> candidates)
            throws ReleaseUnusableException {
        List<Double> plain = timing.seconds(folder, engine.with(Precision.FP32));
        Map<Precision, Double> gains = new EnumMap<>(Precision.class);
        Precision best = Precision.FP32;
        double most = WORTH_IT;
        for (Precision precision : candidates.subList(1, candidates.size())) {
            double gain = gain(plain, timing.seconds(folder, engine.with(precision)));
            gains.put(precision, gain);
            if (gain > most) {
                best = precision;
                most = gain;
            }
        }
        StringBuilder speeds = new StringBuilder();
        gains.forEach((precision, gain) ->
                speeds.append(
                        String.format(
                                Locale.ROOT, " %s %.2f times fp32;", precision.label(), gain)));
        LOG.infof(
                "precision %s for release %s and all of its shape, by speed here:%s",
                best.label(), release, speeds);
        return best;
    }

    /// How many times as fast, in the geometric mean over the passes.
    private static double gain(List<Double> plain, List<Double> quantised) {
        double sum = 0;
        for (int i = 0; i < plain.size(); i++) {
            sum += Math.log(plain.get(i) / quantised.get(i));
        }
        return Math.exp(sum / plain.size());
    }
}
