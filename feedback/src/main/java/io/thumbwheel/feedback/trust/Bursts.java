package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Finding.Test;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Looks for raters who say more in their busiest minute than anybody does: against the busiest
/// minutes of the others of their kind (a Poisson count with the mean that 95% of those stay below)
/// and against their own usual pace.
final class Bursts {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /// Two answers cannot be read and compared in less than 2 seconds.
    private static final int LEAST = 30;

    private static final double OTHERS = 0.95;
    private static final int LEAST_OTHERS = 5;

    private Bursts() {}

    static List<Finding> of(List<Statement> statements, Map<String, Integer> raters) {
        List<Deque<Long>> recent = new ArrayList<>();
        RaterKind[] kinds = new RaterKind[raters.size()];
        int[] most = new int[raters.size()];
        raters.forEach((_, _) -> recent.add(new ArrayDeque<>()));
        for (Statement statement : statements) {
            int rater = raters.getOrDefault(statement.rater(), -1);
            long now = statement.at().toEpochMilli();
            Deque<Long> minute = recent.get(rater);
            minute.addLast(now);
            while (now - minute.getFirst() >= MINUTE.toMillis()) {
                minute.removeFirst();
            }
            most[rater] = Math.max(most[rater], minute.size());
            kinds[rater] = statement.kind();
        }
        Map<RaterKind, int[]> rising = new EnumMap<>(RaterKind.class);
        for (RaterKind kind : RaterKind.values()) {
            int[] counts = new int[most.length];
            int size = 0;
            for (int rater = 0; rater < most.length; rater++) {
                if (kinds[rater] == kind) {
                    counts[size++] = most[rater];
                }
            }
            rising.put(kind, Arrays.stream(counts, 0, size).sorted().toArray());
        }
        List<Finding> findings = new ArrayList<>();
        for (int rater = 0; rater < most.length; rater++) {
            int[] all = rising.getOrDefault(kinds[rater], new int[0]);
            if (all.length > LEAST_OTHERS) {
                findings.add(finding(rater, most[rater], all));
            }
        }
        return findings;
    }

    private static Finding finding(int rater, int most, int[] all) {
        int place = (int) Math.ceil(OTHERS * (all.length - 1)) - 1;
        // Whoever is beyond that place is compared with those up to it.
        double usual = Math.max(1, all[Math.max(0, place)]);
        return new Finding(
                rater,
                Test.BURST,
                Tail.poissonAtLeast(most, usual),
                most >= LEAST && most >= 2 * usual,
                "gave %d opinions within a minute; of 95%% of the others nobody gave more than %.0f"
                        .formatted(most, usual));
    }
}
