package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/// How a release's graph holds its matrices. Every release has the fp32 graph; the others lie
/// beside it where they were asked for and came close enough.
public enum Precision {
    /// 32-bit floating point.
    @JsonProperty("fp32")
    FP32("model.onnx"),
    /// 8-bit integers, a scale for each output; inputs are quantised row by row as they come.
    @JsonProperty("int8")
    INT8("model.int8.onnx"),
    /// 4-bit integers, a scale for each 32 weights; inputs stay floating point.
    @JsonProperty("int4")
    INT4("model.int4.onnx");

    private final String graph;

    Precision(String graph) {
        this.graph = graph;
    }

    /// Name of its graph in the release's folder.
    public String graph() {
        return graph;
    }

    /// Name of the file of its weights. Quantised graphs read what they do not quantise from that
    /// of [#FP32].
    public String weights() {
        return graph + ".data";
    }

    /// Its name in configuration, manifests and metrics.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
