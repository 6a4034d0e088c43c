package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which quantised graphs a release gets beside its fp32 one.
///
/// @param chosen the graphs; empty leaves it to the size of the model
public record Quantising(Optional<Set<Precision>> chosen) {
    /// Size decides: int8 from [#WORTH_IT] parameters on.
    public static final Quantising AUTO = new Quantising(Optional.empty());

    /// Below this a model's fp32 matrices stay in a core's own cache, and quantising gains little.
    static final long WORTH_IT = 16_000_000;

    public Quantising {
        chosen = chosen.map(Set::copyOf);
    }

    /// Reads `auto`, `none`, or quantised precisions separated by commas.
    ///
    /// @throws IllegalArgumentException where it is none of these
    public static Quantising parse(String text) {
        return switch (text) {
            case "auto" -> AUTO;
            case "none" -> new Quantising(Optional.of(Set.of()));
            default ->
                    new Quantising(
                            Optional.of(
                                    Arrays.stream(text.split(",", -1))
                                            .map(name -> quantised(name.strip(), text))
                                            .collect(Collectors.toSet())));
        };
    }

    /// The graphs for a model.
    List<Precision> of(ModelConfig config) {
        Set<Precision> byItsSize =
                parameters(config) < WORTH_IT
                        ? EnumSet.noneOf(Precision.class)
                        : EnumSet.of(Precision.INT8);
        return chosen.orElse(byItsSize).stream().sorted().toList();
    }

    private static long parameters(ModelConfig config) {
        return TensorNames.shapes(config).values().stream()
                .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
                .sum();
    }

    private static Precision quantised(String name, String text) {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision != Precision.FP32)
                .filter(precision -> precision.label().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "quantised graphs are chosen by auto, none, int8, int4 or int8,int4; got '%s'"
                                        .formatted(text)));
    }
}
