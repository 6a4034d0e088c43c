/// Opinions and what they are about become examples: pure functions, no Kafka.
@NullMarked
package io.thumbwheel.feedback.pairing;

import org.jspecify.annotations.NullMarked;
