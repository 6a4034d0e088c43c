package io.thumbwheel.feedback.watch;

import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RaterTrust.Ruling;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// What stands in `raters.v1`, as far as it was read. A ruling stands until an operator's next one:
/// a record without one was written by who had not heard of it, and does not undo it.
final class Standing {
    private final Map<String, RaterTrust> newest = new ConcurrentHashMap<>();
    private final Map<String, Ruling> rulings = new ConcurrentHashMap<>();

    /// A record came.
    void read(RaterTrust trust) {
        Ruling ruling = trust.ruling();
        if (ruling != null) {
            rulings.merge(
                    trust.rater(),
                    ruling,
                    (older, newer) -> newer.at().isBefore(older.at()) ? older : newer);
        }
        newest.put(trust.rater(), trust);
    }

    /// The rater's record is gone.
    void gone(String rater) {
        newest.remove(rater);
        rulings.remove(rater);
    }

    Optional<RaterTrust> of(String rater) {
        return Optional.ofNullable(newest.get(rater));
    }

    Optional<Ruling> ruling(String rater) {
        return Optional.ofNullable(rulings.get(rater));
    }

    SortedMap<String, RaterTrust> all() {
        return new TreeMap<>(newest);
    }
}
