package io.thumbwheel.feedback.stream;

import org.jspecify.annotations.Nullable;

/// A record on its way out.
///
/// @param topic where to
/// @param body the bytes; null takes back what the key stands for
record Output(String topic, byte @Nullable [] body) {}
