/// OpenAI's chat completions over the policy in force: what was asked, the answer in the making,
/// and how it is told, whole or as a stream.
@NullMarked
package io.thumbwheel.serving.chat;

import org.jspecify.annotations.NullMarked;
