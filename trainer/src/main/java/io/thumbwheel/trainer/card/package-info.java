/// What a model card says about a policy that was trained from scratch: how it answers, and how
/// much of that it copies.
@NullMarked
package io.thumbwheel.trainer.card;

import org.jspecify.annotations.NullMarked;
