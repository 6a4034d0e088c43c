/// HTTP: opinions come in, are checked, and are in Kafka before they are acknowledged.
@NullMarked
package io.thumbwheel.feedback.intake;

import org.jspecify.annotations.NullMarked;
