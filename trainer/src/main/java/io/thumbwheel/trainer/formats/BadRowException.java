package io.thumbwheel.trainer.formats;

/// A row that cannot be used, and why.
public final class BadRowException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DataProblem problem;

    BadRowException(DataProblem problem, String detail) {
        super(detail);
        this.problem = problem;
    }

    /// Its kind.
    public DataProblem problem() {
        return problem;
    }

    /// What exactly.
    public String detail() {
        return String.valueOf(getMessage());
    }
}
