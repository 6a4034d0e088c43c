package io.thumbwheel.feedback.stream;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The feedbacks that say something about one example (a thumb and a both-bad may be about the same
/// answer): the newest by offset is what the example says.
///
/// @param claims oldest first
record Claims(List<Claim> claims) {
    static final Claims NONE = new Claims(List.of());

    Claims {
        claims = List.copyOf(claims);
    }

    Claims plus(Claim claim) {
        return new Claims(
                Stream.concat(claims.stream(), Stream.of(claim))
                        .sorted(Comparator.comparingLong(Claim::offset))
                        .toList());
    }

    Claims minus(String entryKey) {
        return new Claims(
                claims.stream().filter(claim -> !claim.entryKey().equals(entryKey)).toList());
    }

    Optional<Claim> newest() {
        return claims.isEmpty() ? Optional.empty() : Optional.of(claims.getLast());
    }

    /// One feedback's say.
    ///
    /// @param offset of the feedback
    /// @param entryKey its key in the ledger
    record Claim(long offset, String entryKey) {}
}
