/// A real Apache Kafka (KRaft) and a real Redis, started from Maven artifacts: for one machine and
/// for tests, without containers.
@NullMarked
package io.thumbwheel.embedded;

import org.jspecify.annotations.NullMarked;
