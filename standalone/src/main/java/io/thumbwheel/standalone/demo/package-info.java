/// The demo: simulated people with a preference that the platform cannot see use it over its public
/// HTTP API, and what becomes of the policy is measured.
@NullMarked
package io.thumbwheel.standalone.demo;

import org.jspecify.annotations.NullMarked;
