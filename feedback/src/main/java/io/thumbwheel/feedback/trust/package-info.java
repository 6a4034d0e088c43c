/// How far each rater is believed, from what raters said and nothing else: no Kafka, no clock. See
/// docs/trust.md.
@NullMarked
package io.thumbwheel.feedback.trust;

import org.jspecify.annotations.NullMarked;
