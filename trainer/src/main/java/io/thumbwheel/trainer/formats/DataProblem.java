package io.thumbwheel.trainer.formats;

/// What can be wrong with a row.
public enum DataProblem {
    NOT_JSON("not JSON"),
    UNKNOWN_SHAPE("unknown shape"),
    EMPTY_ANSWER("empty answer"),
    SAME_ANSWERS("chosen equals rejected"),
    NO_COMMON_PROMPT("answers to different prompts"),
    ROLES("roles out of order"),
    OVER_LONG("over-long"),
    NO_COMPARISON("no comparison"),
    DISLIKED("disliked answer"),
    UNSUITED("not for this command"),
    /// The only kind that is used all the same.
    SHORTENED("shortened");

    private final String words;

    DataProblem(String words) {
        this.words = words;
    }

    /// For people.
    public String words() {
        return words;
    }
}
