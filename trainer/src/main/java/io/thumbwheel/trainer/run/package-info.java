/// The trainer as a service: consumes examples into its dataset all the time, runs one refresh at a
/// time, publishes what passed the gate. Kafka is the source of truth; everything here can be made
/// again from it.
@NullMarked
package io.thumbwheel.trainer.run;

import org.jspecify.annotations.NullMarked;
