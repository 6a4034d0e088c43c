/// The Kafka Streams topology: completions join opinions exactly once; examples, prompts and raters
/// come out.
@NullMarked
package io.thumbwheel.feedback.stream;

import org.jspecify.annotations.NullMarked;
