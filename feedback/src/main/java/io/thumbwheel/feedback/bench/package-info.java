/// Measures the service beside what it is made of: the same server without the log, Kafka's own
/// producer.
@NullMarked
package io.thumbwheel.feedback.bench;

import org.jspecify.annotations.NullMarked;
