package io.thumbwheel.trainer.cli;

import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A CSV of metrics, a line for each step and a column for each name that any step has; cells that
/// a step lacks are empty. Written anew every few seconds, whole or not at all.
public final class MetricsTable implements AutoCloseable {
    private static final long INTERVAL = 5_000_000_000L;
    private static final String KEY = "phase,step";

    /// Name in a result's folder.
    public static final String NAME = "metrics.csv";

    private final Path file;
    private final SequencedMap<String, Row> rows = new LinkedHashMap<>();
    private long written = System.nanoTime();

    /// A step.
    ///
    /// @param phase of the training
    /// @param step within the phase, from 1
    /// @param metrics by name
    public record Row(String phase, int step, SortedMap<String, Double> metrics) {
        public Row {
            metrics = new TreeMap<>(metrics);
        }
    }

    /// Goes on with the file where there is one.
    public MetricsTable(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            read(file).forEach(this::put);
        }
    }

    /// The steps in a file.
    public static List<Row> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        String[] names = lines.getFirst().split(",");
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            SortedMap<String, Double> metrics = new TreeMap<>();
            for (int i = 2; i < names.length; i++) {
                if (!cells[i].isEmpty()) {
                    metrics.put(names[i], Double.valueOf(cells[i]));
                }
            }
            rows.add(new Row(cells[0], Integer.parseInt(cells[1]), metrics));
        }
        return rows;
    }

    /// A step is done; done again after an interruption, it replaces what was there.
    public void add(String phase, int step, Map<String, Double> metrics) {
        put(new Row(phase, step, new TreeMap<>(metrics)));
        if (System.nanoTime() - written > INTERVAL) {
            write();
        }
    }

    private void put(Row row) {
        rows.put(row.phase + "," + row.step, row);
    }

    /// Writes the file now.
    public void write() {
        TreeSet<String> names = new TreeSet<>();
        rows.values().forEach(row -> names.addAll(row.metrics.keySet()));
        List<String> lines = new ArrayList<>();
        lines.add(Stream.concat(Stream.of(KEY), names.stream()).collect(Collectors.joining(",")));
        rows.forEach((key, row) ->
                lines.add(
                        Stream.concat(Stream.of(key), names.stream().map(name -> cell(row, name)))
                                .collect(Collectors.joining(","))));
        try {
            AtomicFile.write(
                    file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
        written = System.nanoTime();
    }

    private static String cell(Row row, String name) {
        Double value = row.metrics.get(name);
        return value == null ? "" : String.format(Locale.ROOT, "%.6g", value);
    }

    @Override
    public void close() {
        write();
    }
}
