/// How a process of the platform lives under its supervisor.
@NullMarked
package io.thumbwheel.schemas.process;

import org.jspecify.annotations.NullMarked;
