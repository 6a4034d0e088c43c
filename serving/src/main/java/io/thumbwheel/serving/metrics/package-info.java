/// What is measured about answers, by release: in names of our own, and on request in vLLM's.
@NullMarked
package io.thumbwheel.serving.metrics;

import org.jspecify.annotations.NullMarked;
