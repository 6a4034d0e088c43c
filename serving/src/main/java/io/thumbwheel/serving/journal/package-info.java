/// What serving tells the rest of the platform: events into Kafka, with the acknowledgement of all
/// replicas.
@NullMarked
package io.thumbwheel.serving.journal;

import org.jspecify.annotations.NullMarked;
