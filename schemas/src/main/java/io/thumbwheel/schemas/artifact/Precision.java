package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// How a release's graph holds its matrices. Every release has the fp32 graph; the others lie
/// beside it where they were asked for and came close enough.
public enum Precision {
    /// 32-bit floating point.
    @JsonProperty("fp32")
    FP32("model.onnx"),
    /// 8-bit integers, a scale for each output; inputs are quantised row by row as they come. A
    /// graph of its own, with a scale for each 64 weights, takes passes of a single token.
    @JsonProperty("int8")
    INT8("model.int8.onnx", "model.int8.single.onnx"),
    /// 4-bit integers, a scale for each 32 weights; inputs stay floating point.
    @JsonProperty("int4")
    INT4("model.int4.onnx");

    private static final String WEIGHTS = ".data";

    private final String graph;
    private final Optional<String> single;

    Precision(String graph) {
        this.graph = graph;
        single = Optional.empty();
    }

    Precision(String graph, String single) {
        this.graph = graph;
        this.single = Optional.of(single);
    }

    /// Name of its graph in the release's folder.
    public String graph() {
        return graph;
    }

    /// Name of the graph that takes passes of one token of one sequence, where that is another:
    /// what is fastest for many rows is not for one. Releases of before have none.
    public Optional<String> single() {
        return single;
    }

    /// Name of the file of a graph's weights. Quantised graphs read what they do not quantise from
    /// that of [#FP32].
    public static String weightsOf(String graph) {
        return graph + WEIGHTS;
    }

    /// Names of all files that it may have in a release's folder.
    public List<String> files() {
        return Stream.concat(Stream.of(graph), single.stream())
                .flatMap(name -> Stream.of(name, weightsOf(name)))
                .toList();
    }

    /// Its name in configuration, manifests and metrics.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
