package io.thumbwheel.serving.onnx;

/// What memory a release takes, in bytes.
///
/// @param weights of its graph: the size of its files, which ONNX Runtime copies into forms of its
///   own
/// @param cache of the KV memory that it leases
public record Footprint(long weights, long cache) {}
