package io.thumbwheel.feedback.stream;

/// A record on its way out.
///
/// @param topic where to
/// @param body the bytes
record Output(String topic, byte[] body) {}
