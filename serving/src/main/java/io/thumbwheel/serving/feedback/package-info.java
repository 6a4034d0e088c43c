/// Opinions about serving's own answers: thumbs and picks, straight into Kafka.
@NullMarked
package io.thumbwheel.serving.feedback;

import org.jspecify.annotations.NullMarked;
