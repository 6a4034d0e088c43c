/// A crowd whose honesty is known, to measure what the safeguards of `trust` are worth.
@NullMarked
package io.thumbwheel.feedback.simulation;

import org.jspecify.annotations.NullMarked;
