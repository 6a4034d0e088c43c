/// What serving tells the rest of the platform: events into Kafka, with the acknowledgement of all
/// replicas, and onto the disk while Kafka is away.
@NullMarked
package io.thumbwheel.serving.journal;

import org.jspecify.annotations.NullMarked;
