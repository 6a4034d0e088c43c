/// The engine's benchmark: tokens per second of a release beside llama.cpp on the same weights,
/// threads and machine. Not part of the service.
@NullMarked
package io.thumbwheel.serving.bench;

import org.jspecify.annotations.NullMarked;
