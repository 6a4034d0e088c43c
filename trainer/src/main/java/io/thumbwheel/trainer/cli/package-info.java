/// What all commands have in common.
@NullMarked
package io.thumbwheel.trainer.cli;

import org.jspecify.annotations.NullMarked;
