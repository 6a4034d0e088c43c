package io.thumbwheel.trainer.export;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.UnreadableEventException;
import io.thumbwheel.trainer.store.DurableFiles;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/// Writes examples into a file, one at a time: the headers of an answer over HTTP say what is in
/// it, so all of it has to be known before the first byte leaves.
public final class ExampleExport {
    private final Path folder;
    private final ReleaseStore store;

    /// @param folder for files that are under way; what an earlier process left there is deleted
    public ExampleExport(Path folder, ReleaseStore store) throws IOException {
        DurableFiles.deleteFolder(folder);
        this.folder = Files.createDirectories(folder);
        this.store = store;
    }

    /// Live examples, sorted by id.
    @FunctionalInterface
    public interface Source {
        void forEach(Visitor visitor) throws IOException;
    }

    /// Gets one after the other.
    @FunctionalInterface
    public interface Visitor {
        /// @param body the event as it was written
        void visit(String body) throws IOException;
    }

    /// Why an example is in no row.
    public enum Reason {
        /// The format has no place for its kind.
        OTHER_KINDS,
        /// A comparison that neither answer won.
        TIES,
        /// A rating in the middle of the scale: neither good nor bad.
        NEUTRAL,
        /// Its prompt cannot be turned back into messages, or its release is gone.
        WITHOUT_TEXT
    }

    /// A file, and what is in it and what is not.
    ///
    /// @param file the caller's to delete
    /// @param rows in the file
    /// @param hash SHA-256 over the events of its rows, sorted by id, one a line
    /// @param leftOut examples that the filter admits and the format has no row for, by reason
    public record Exported(Path file, long rows, String hash, Map<Reason, Long> leftOut) {
        public Exported {
            leftOut = Map.copyOf(leftOut);
        }
    }

    /// Writes what the query asks for.
    public Exported write(ExampleQuery query, Source source) throws IOException {
        Path lines = Files.createTempFile(folder, "export", ".jsonl");
        try {
            ExampleRows rows = new ExampleRows(query, new Transcripts(store));
            Tally tally = new Tally();
            try (BufferedWriter writer = Files.newBufferedWriter(lines)) {
                source.forEach(body -> {
                    Example example = exampleOf(body);
                    if (query.filter().admits(example)) {
                        switch (rows.row(example, body)) {
                            case ExampleRows.Result.Row(String json) -> {
                                writer.append(json).append('\n');
                                tally.row(body);
                            }
                            case ExampleRows.Result.LeftOut(var reason) ->
                                    tally.leftOut.merge(reason, 1L, Long::sum);
                        }
                    }
                });
            }
            Path file =
                    switch (query.as()) {
                        case JSONL -> lines;
                        case PARQUET -> parquet(lines, query.format());
                    };
            return tally.of(file);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(lines);
            throw e;
        }
    }

    private Path parquet(Path lines, ExampleFormat format) throws IOException {
        Path file = Files.createTempFile(folder, "export", ".parquet");
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
                Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("SET memory_limit = '256MB'");
            statement.execute(
                    "COPY (SELECT * FROM read_json(%s, format = 'newline_delimited', columns = {%s})) TO %s (FORMAT parquet, COMPRESSION zstd)"
                            .formatted(quoted(lines), format.columns(), quoted(file)));
            Files.delete(lines);
            return file;
        } catch (SQLException e) {
            Files.deleteIfExists(file);
            throw new IOException(
                    "DuckDB could not write Parquet (%s): as=jsonl does without it"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static String quoted(Path file) {
        return "'" + file.toAbsolutePath().toString().replace("'", "''") + "'";
    }

    /// The example in a body that the dataset keeps.
    static Example exampleOf(String body) {
        try {
            return (Example) EventCodec.decode(body.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableEventException e) {
            throw new IllegalStateException("it could be read when it was stored: " + body, e);
        }
    }

    private static final class Tally {
        private final DatasetHash hash = new DatasetHash();
        private final Map<Reason, Long> leftOut = new EnumMap<>(Reason.class);
        private long rows;

        void row(String body) {
            hash.add(body);
            rows++;
        }

        Exported of(Path file) {
            return new Exported(file, rows, hash.hex(), leftOut);
        }
    }
}
