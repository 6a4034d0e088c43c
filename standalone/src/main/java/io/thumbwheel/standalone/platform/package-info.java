/// The supervisor: its folder, its ports, its keys, and the processes that it starts, watches,
/// restarts and stops in order.
@NullMarked
package io.thumbwheel.standalone.platform;

import org.jspecify.annotations.NullMarked;
