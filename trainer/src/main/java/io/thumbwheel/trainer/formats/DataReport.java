package io.thumbwheel.trainer.formats;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What became of the rows of some files: how many are used, and how many are not, by kind, with
/// the first few of each kind by file and line.
public final class DataReport {
    private static final int SHOWN = 3;

    private final Map<Path, Integer> used = new LinkedHashMap<>();
    private final Map<DataProblem, Integer> counts = new EnumMap<>(DataProblem.class);
    private final Map<DataProblem, List<String>> first = new EnumMap<>(DataProblem.class);

    /// A file is read, which may turn out to hold nothing.
    void opened(Path file) {
        used.putIfAbsent(file, 0);
    }

    /// A row is used.
    public void used(Place place) {
        used.merge(place.file(), 1, Integer::sum);
    }

    /// A row has a problem.
    public void add(DataProblem problem, Place place, String detail) {
        counts.merge(problem, 1, Integer::sum);
        List<String> places = first.computeIfAbsent(problem, _ -> new ArrayList<>());
        if (places.size() < SHOWN) {
            places.add(place + " (" + detail + ")");
        }
    }

    /// Rows used of all files.
    public int used() {
        return used.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// How many rows have each problem.
    public Map<DataProblem, Integer> counts() {
        return Map.copyOf(counts);
    }

    /// A line for each file and each kind of problem.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        used.forEach((file, count) -> lines.add("%s: %s used".formatted(file, rows(count))));
        counts.forEach((problem, count) -> {
            List<String> places = first.getOrDefault(problem, List.of());
            lines.add(
                    "%s, %s: %s, %s%s"
                            .formatted(
                                    problem.words(),
                                    problem == DataProblem.SHORTENED ? "used" : "left out",
                                    rows(count),
                                    String.join("; ", places),
                                    count > places.size() ? "; ..." : ""));
        });
        return lines;
    }

    private static String rows(int count) {
        return count == 1 ? "1 row" : "%,d rows".formatted(count);
    }

    /// Refuses data of which some file gives nothing.
    ///
    /// @throws IOException names the file and what was wrong
    public void requireUse() throws IOException {
        for (Map.Entry<Path, Integer> file : used.entrySet()) {
            if (file.getValue() == 0) {
                throw new IOException(
                        "nothing in %s can be used:%n  %s"
                                .formatted(
                                        file.getKey(),
                                        String.join(System.lineSeparator() + "  ", lines())));
            }
        }
    }
}
