/// What a person sees of a run: tables in the terminal, and a page with curves and answers.
@NullMarked
package io.thumbwheel.trainer.report;

import org.jspecify.annotations.NullMarked;
