/// The platform's public HTTP API, as an application uses it, with a count of what failed.
@NullMarked
package io.thumbwheel.standalone.client;

import org.jspecify.annotations.NullMarked;
