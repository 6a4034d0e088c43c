package io.thumbwheel.standalone.demo;

import java.util.Map;
import java.util.TreeMap;

/// Opinions counted by release.
final class Tally {
    private final Map<String, Counts> byRelease = new TreeMap<>();

    /// @param thumbsUp thumbs up
    /// @param thumbs thumbs
    /// @param wins picks of it over r0, ties half
    /// @param duels picks between it and r0
    record Counts(int thumbsUp, int thumbs, double wins, int duels) {
        static final Counts NONE = new Counts(0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(
                    thumbsUp + other.thumbsUp,
                    thumbs + other.thumbs,
                    wins + other.wins,
                    duels + other.duels);
        }

        /// Share of thumbs that are up; NaN where there is none.
        double thumbsUpShare() {
            return (double) thumbsUp / thumbs;
        }

        /// Share of picks over r0; NaN where there is none.
        double liveWinRate() {
            return wins / duels;
        }
    }

    synchronized void thumb(String release, boolean up) {
        add(release, new Counts(up ? 1 : 0, 1, 0, 0));
    }

    synchronized void duel(String release, double won) {
        add(release, new Counts(0, 0, won, 1));
    }

    synchronized Counts of(String release) {
        return byRelease.getOrDefault(release, Counts.NONE);
    }

    private void add(String release, Counts counts) {
        byRelease.merge(release, counts, Counts::plus);
    }
}
