/// Webhooks: what other systems send becomes feedback, and what happens here is told to others.
@NullMarked
package io.thumbwheel.feedback.webhook;

import org.jspecify.annotations.NullMarked;
