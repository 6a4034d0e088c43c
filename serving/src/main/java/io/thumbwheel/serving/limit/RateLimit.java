package io.thumbwheel.serving.limit;

/// The size of a bucket and how fast it fills.
///
/// @param intervalMillis between two tokens
/// @param burst tokens of a full bucket
record RateLimit(double intervalMillis, int burst) {

    static RateLimit ofMinute(int perMinute, int burst) {
        return new RateLimit(60_000.0 / perMinute, burst);
    }

    /// From empty to full.
    double fillMillis() {
        return intervalMillis * burst;
    }

    /// When a bucket that is full at `fullAt` would be full again if tokens were taken from it now.
    double fullAfter(double fullAt, int tokens, double now) {
        return Math.max(fullAt, now) + tokens * intervalMillis;
    }

    /// How long those tokens are not there yet, which would make it full at `fullAfter`.
    double missing(double fullAfter, double now) {
        return fullAfter - now - fillMillis();
    }
}
