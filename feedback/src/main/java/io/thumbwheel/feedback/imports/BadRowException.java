package io.thumbwheel.feedback.imports;

/// A row that says nothing that can be taken.
public final class BadRowException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RowProblem problem;

    BadRowException(RowProblem problem, String detail) {
        super(detail);
        this.problem = problem;
    }

    /// What kind of problem it is.
    public RowProblem problem() {
        return problem;
    }
}
