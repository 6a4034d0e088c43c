package io.thumbwheel.feedback.cli;

import io.thumbwheel.feedback.imports.RowProblem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The rows that were not taken: how many of each kind, and where the first of them are.
final class BadRows {
    private static final int SHOWN = 3;

    private final Map<RowProblem, List<String>> first = new EnumMap<>(RowProblem.class);
    private final Map<RowProblem, Long> counts = new EnumMap<>(RowProblem.class);

    synchronized void add(String place, RowProblem problem, String detail) {
        counts.merge(problem, 1L, Long::sum);
        List<String> shown = first.computeIfAbsent(problem, _ -> new ArrayList<>());
        if (shown.size() < SHOWN) {
            shown.add("    %s: %s".formatted(place, detail));
        }
    }

    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        counts.forEach((problem, count) -> {
            lines.add("  %,d rows left out: %s".formatted(count, problem.words()));
            lines.addAll(first.getOrDefault(problem, List.of()));
            if (count > SHOWN) {
                lines.add("    and %,d more".formatted(count - SHOWN));
            }
        });
        return lines;
    }
}
