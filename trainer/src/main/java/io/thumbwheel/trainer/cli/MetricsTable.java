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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A CSV of metrics, a line for each step and a column for each name that any step has; cells that
/// a step lacks are empty. Written anew every few seconds, whole or not at all.
public final class MetricsTable implements AutoCloseable {
    private static final long INTERVAL = 5_000_000_000L;
    private static final String KEY = "phase,step";

    private final Path file;
    private final SequencedMap<String, Map<String, String>> rows = new LinkedHashMap<>();
    private long written = System.nanoTime();

    /// Goes on with the file where there is one.
    public MetricsTable(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            String[] names = lines.getFirst().split(",");
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split(",", -1);
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 2; i < names.length; i++) {
                    if (!cells[i].isEmpty()) {
                        row.put(names[i], cells[i]);
                    }
                }
                rows.put(cells[0] + "," + cells[1], row);
            }
        }
    }

    /// A step is done; done again after an interruption, it replaces what was there.
    public void add(String phase, int step, Map<String, Double> metrics) {
        Map<String, String> row = new LinkedHashMap<>();
        metrics.forEach((name, value) -> row.put(name, String.format(Locale.ROOT, "%.6g", value)));
        rows.put(phase + "," + step, row);
        if (System.nanoTime() - written > INTERVAL) {
            write();
        }
    }

    private void write() {
        TreeSet<String> names = new TreeSet<>();
        rows.values().forEach(row -> names.addAll(row.keySet()));
        List<String> lines = new ArrayList<>();
        lines.add(Stream.concat(Stream.of(KEY), names.stream()).collect(Collectors.joining(",")));
        rows.forEach((key, row) ->
                lines.add(
                        Stream.concat(
                                        Stream.of(key),
                                        names.stream().map(name -> row.getOrDefault(name, "")))
                                .collect(Collectors.joining(","))));
        try {
            AtomicFile.write(
                    file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
        written = System.nanoTime();
    }

    @Override
    public void close() {
        write();
    }
}
