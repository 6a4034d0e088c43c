package io.thumbwheel.feedback.imports;

/// What can be wrong with a row of a file.
public enum RowProblem {
    NOT_JSON("not JSON"),
    UNKNOWN_SHAPE("unknown shape"),
    EMPTY_ANSWER("empty answer"),
    SAME_ANSWERS("answers are the same"),
    NO_COMMON_PROMPT("answers to different prompts"),
    ROLES("roles out of order"),
    NO_OPINION("no opinion in it"),
    REFUSED("refused by the platform");

    private final String words;

    RowProblem(String words) {
        this.words = words;
    }

    /// For people.
    public String words() {
        return words;
    }
}
