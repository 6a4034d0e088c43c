package io.thumbwheel.trainer.run;

import java.io.Serial;

/// Leaves a run between two of its steps.
final class RunStoppedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final boolean forGood;

    /// @param forGood an operator stopped it; otherwise it is taken up again at the next start
    RunStoppedException(boolean forGood) {
        super(forGood ? "an operator stopped the run" : "the service stops");
        this.forGood = forGood;
    }

    boolean forGood() {
        return forGood;
    }
}
