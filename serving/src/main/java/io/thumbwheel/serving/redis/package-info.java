/// The way to Redis, which holds what may be lost: every question has a time-out, and while Redis
/// is away nobody waits for it.
@NullMarked
package io.thumbwheel.serving.redis;

import org.jspecify.annotations.NullMarked;
