package io.thumbwheel.schemas.event;

import org.jspecify.annotations.Nullable;

/// A feedback request that is not taken, because of something its sender can put right.
public final class FeedbackRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final @Nullable String field;

    public FeedbackRefusedException(Reason reason, @Nullable String field, String message) {
        super(field == null ? message : "field '" + field + "': " + message);
        this.reason = reason;
        this.field = field;
    }

    /// Why.
    public Reason reason() {
        return reason;
    }

    /// The field at fault; null where it is the body as a whole.
    public @Nullable String field() {
        return field;
    }

    /// The kinds of refusal.
    public enum Reason {
        /// Not JSON, a field missing or of the wrong type, an unknown kind.
        MALFORMED(400),
        /// A completion id that this platform never gave.
        FORGED(404),
        /// Well formed, but impossible: a choice that does not exist, a rating of 9.
        UNACCEPTABLE(422);

        private final int status;

        Reason(int status) {
            this.status = status;
        }

        /// The HTTP status that says so.
        public int status() {
            return status;
        }
    }
}
