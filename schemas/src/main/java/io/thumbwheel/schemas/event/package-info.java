/// What happened, as every process writes and reads it: the events of the topics, valid from birth,
/// and their wire codec.
@NullMarked
package io.thumbwheel.schemas.event;

import org.jspecify.annotations.NullMarked;
