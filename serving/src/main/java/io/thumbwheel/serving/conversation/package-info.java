/// What was said before: the histories of conversations that clients leave to serving.
@NullMarked
package io.thumbwheel.serving.conversation;

import org.jspecify.annotations.NullMarked;
