/// Answers chats; knows ids and logits, never gradients.
@NullMarked
package io.thumbwheel.serving;

import org.jspecify.annotations.NullMarked;
