package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import io.thumbwheel.trainer.export.DatasetHash;
import io.thumbwheel.trainer.export.ExampleExport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jboss.logging.Logger;

/// What the trainer learns from, as a view of the log: every record of the examples, prompts and
/// raters topics with its offset, in one DuckDB file. Records and the offsets read are written in
/// one transaction, so a crash replays to the same rows.
///
/// A key's records are all in one partition; the one of highest offset holds. Superseded records
/// stay, so that the dataset as of any offsets can be read again: the price is the space of what
/// people changed their minds about, which is little.
public final class Dataset implements AutoCloseable {
    /// Topics that it is a view of.
    static final List<Topics> SOURCES = List.of(Topics.EXAMPLES, Topics.PROMPTS, Topics.RATERS);

    private static final Logger LOG = Logger.getLogger(Dataset.class);

    private final DuckDBConnection writing;
    private final DuckDBConnection reading;

    private Dataset(DuckDBConnection writing, DuckDBConnection reading) {
        this.writing = writing;
        this.reading = reading;
    }

    /// Opens the file, making it where there is none.
    ///
    /// @throws IOException where it cannot be read: it can be deleted, the log fills it again
    public static Dataset open(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            // Rows come as they are read, never all at once.
            Properties streaming = new Properties();
            streaming.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
            DuckDBConnection writing =
                    new DuckDBDriver()
                            .connect("jdbc:duckdb:" + file, streaming)
                            .unwrap(DuckDBConnection.class);
            try (Statement statement = writing.createStatement()) {
                statement.execute("SET threads = 1");
                statement.execute("SET memory_limit = '512MB'");
                for (String table : DatasetQueries.tables()) {
                    statement.execute(
                            "CREATE TABLE IF NOT EXISTS "
                                    + table
                                    + " (part INTEGER NOT NULL, off BIGINT NOT NULL,"
                                    + " id VARCHAR NOT NULL, kind VARCHAR NOT NULL,"
                                    + " split VARCHAR NOT NULL, body VARCHAR NOT NULL)");
                }
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS offsets (topic VARCHAR NOT NULL,"
                                + " part INTEGER NOT NULL, next BIGINT NOT NULL,"
                                + " PRIMARY KEY (topic, part))");
            }
            DuckDBConnection reading = writing.duplicate();
            writing.setAutoCommit(false);
            return new Dataset(writing, reading);
        } catch (SQLException e) {
            throw new IOException(
                    "the dataset %s cannot be opened (%s): if no other trainer holds it, delete it and the log fills it again"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /// Adds records and moves the offsets, all or nothing. Records before the offsets already read
    /// are skipped: reading the log again changes nothing.
    ///
    /// @param next offset of the next record, by partition read
    public synchronized void append(
            Collection<ConsumerRecord<byte[], byte[]>> records, Map<TopicPartition, Long> next) {
        try {
            Offsets known = offsets(writing);
            Map<Topics, List<DatasetRow>> rows = new EnumMap<>(Topics.class);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() >= known.of(partition).orElse(0)) {
                    DatasetRow row = DatasetRow.of(record);
                    rows.computeIfAbsent(row.source(), _ -> new ArrayList<>()).add(row);
                }
            }
            for (Map.Entry<Topics, List<DatasetRow>> table : rows.entrySet()) {
                insert(DatasetQueries.table(table.getKey()), table.getValue());
            }
            try (PreparedStatement upsert =
                    writing.prepareStatement(
                            "INSERT INTO offsets VALUES (?, ?, ?)"
                                    + " ON CONFLICT DO UPDATE SET next = greatest(next, excluded.next)")) {
                for (Map.Entry<TopicPartition, Long> read : next.entrySet()) {
                    upsert.setString(1, read.getKey().topic());
                    upsert.setInt(2, read.getKey().partition());
                    upsert.setLong(3, read.getValue());
                    upsert.execute();
                }
            }
            writing.commit();
        } catch (SQLException e) {
            undo();
            throw failed("write", e);
        }
    }

    /// How far the log has been read.
    public Offsets offsets() {
        synchronized (reading) {
            try {
                return offsets(reading);
            } catch (SQLException e) {
                throw failed("read", e);
            }
        }
    }

    /// The dataset as of `until`, which must have been read.
    public DatasetSnapshot snapshot(Offsets until) {
        synchronized (reading) {
            try {
                DatasetHash hash = new DatasetHash();
                List<Example> examples = new ArrayList<>();
                for (String body : live(Topics.EXAMPLES, until)) {
                    hash.add(body);
                    examples.add((Example) stored(body));
                }
                List<PromptSeen> prompts = new ArrayList<>();
                for (String body : live(Topics.PROMPTS, until)) {
                    prompts.add((PromptSeen) stored(body));
                }
                List<RaterTrust> raters = new ArrayList<>();
                for (String body : live(Topics.RATERS, until)) {
                    raters.add((RaterTrust) stored(body));
                }
                return new DatasetSnapshot(until, hash.hex(), examples, prompts, raters);
            } catch (SQLException e) {
                throw failed("read", e);
            }
        }
    }

    /// Comparisons of training raters that arrived or changed after `from`, and hold.
    long comparisonsSince(Offsets from) {
        synchronized (reading) {
            try (Statement statement = reading.createStatement();
                    ResultSet rows =
                            statement.executeQuery(
                                    "SELECT count(*) FROM (%s) WHERE kind = '%s' AND split = 'train'"
                                            .formatted(
                                                    DatasetQueries.latest(
                                                            Topics.EXAMPLES,
                                                            from,
                                                            offsets(reading)),
                                                    DatasetRow.PREFERENCE))) {
                rows.next();
                return rows.getLong(1);
            } catch (SQLException e) {
                throw failed("read", e);
            }
        }
    }

    /// Examples withdrawn after `from`, as of `until`.
    List<Example.Withdrawn> withdrawnSince(Offsets from, Offsets until) {
        synchronized (reading) {
            List<Example.Withdrawn> withdrawn = new ArrayList<>();
            try (Statement statement = reading.createStatement();
                    ResultSet rows =
                            statement.executeQuery(
                                    "SELECT body FROM (%s) WHERE kind = '%s' ORDER BY id"
                                            .formatted(
                                                    DatasetQueries.latest(
                                                            Topics.EXAMPLES, from, until),
                                                    DatasetRow.WITHDRAWN))) {
                while (rows.next()) {
                    withdrawn.add((Example.Withdrawn) stored(rows.getString(1)));
                }
            } catch (SQLException e) {
                throw failed("read", e);
            }
            return withdrawn;
        }
    }

    /// Whether one of some examples was live as of `until`.
    boolean holdsAny(List<String> exampleIds, Offsets until) {
        String marks = String.join(", ", Collections.nCopies(exampleIds.size(), "?"));
        synchronized (reading) {
            try (PreparedStatement statement =
                    reading.prepareStatement(
                            "SELECT count(*) FROM (%s) WHERE id IN (%s)"
                                    .formatted(
                                            DatasetQueries.newest(Topics.EXAMPLES, until),
                                            marks))) {
                for (int i = 0; i < exampleIds.size(); i++) {
                    statement.setString(i + 1, exampleIds.get(i));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    return rows.getLong(1) > 0;
                }
            } catch (SQLException e) {
                throw failed("read", e);
            }
        }
    }

    /// How much is live as of `until`.
    public DatasetCounts counts(Offsets until) {
        synchronized (reading) {
            try {
                SortedMap<String, Long> bySplit = countBy("split", Topics.EXAMPLES, until);
                SortedMap<String, Long> prompts = countBy("split", Topics.PROMPTS, until);
                return new DatasetCounts(
                        sum(bySplit),
                        bySplit,
                        countBy("kind", Topics.EXAMPLES, until),
                        sum(prompts),
                        prompts,
                        sum(countBy("kind", Topics.RATERS, until)),
                        unreadable());
            } catch (SQLException e) {
                throw failed("read", e);
            }
        }
    }

    /// Hands over the live examples as of `until`, sorted by id, without ever holding all of them.
    /// Others read and write meanwhile.
    void forEachExample(Offsets until, ExampleExport.Visitor visitor) throws IOException {
        try (Connection connection = another();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT body FROM (%s) ORDER BY id"
                                        .formatted(
                                                DatasetQueries.newest(Topics.EXAMPLES, until)))) {
            while (rows.next()) {
                visitor.visit(rows.getString(1));
            }
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    @Override
    public synchronized void close() {
        synchronized (reading) {
            try {
                reading.close();
                writing.close();
            } catch (SQLException e) {
                throw failed("close", e);
            }
        }
    }

    private Connection another() throws SQLException {
        synchronized (reading) {
            return reading.duplicate();
        }
    }

    private void insert(String table, List<DatasetRow> rows) throws SQLException {
        try (DuckDBAppender appender =
                writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, table)) {
            for (DatasetRow row : rows) {
                appender.beginRow()
                        .append(row.partition())
                        .append(row.offset())
                        .append(row.id())
                        .append(row.kind())
                        .append(row.split())
                        .append(row.body())
                        .endRow();
            }
        }
    }

    private static Offsets offsets(DuckDBConnection connection) throws SQLException {
        Map<TopicPartition, Long> next = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT topic, part, next FROM offsets")) {
            while (rows.next()) {
                next.put(new TopicPartition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
            }
        }
        return Offsets.of(next);
    }

    private List<String> live(Topics source, Offsets until) throws SQLException {
        List<String> bodies = new ArrayList<>();
        try (Statement statement = reading.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT body FROM ("
                                        + DatasetQueries.newest(source, until)
                                        + ") ORDER BY id")) {
            while (rows.next()) {
                bodies.add(rows.getString(1));
            }
        }
        return bodies;
    }

    private SortedMap<String, Long> countBy(String column, Topics source, Offsets until)
            throws SQLException {
        SortedMap<String, Long> counts = new TreeMap<>();
        try (Statement statement = reading.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT %s, count(*) FROM (%s) GROUP BY ALL"
                                        .formatted(column, DatasetQueries.newest(source, until)))) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    private long unreadable() throws SQLException {
        String counts =
                DatasetQueries.tables().stream()
                        .map(table ->
                                "(SELECT count(*) FROM %s WHERE kind = '%s')"
                                        .formatted(table, DatasetRow.UNREADABLE))
                        .collect(Collectors.joining(" + "));
        try (Statement statement = reading.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + counts)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Event stored(String body) {
        try {
            return EventCodec.decode(body.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableEventException e) {
            throw new IllegalStateException("it could be read when it was stored: " + body, e);
        }
    }

    private void undo() {
        try {
            writing.rollback();
        } catch (SQLException e) {
            LOG.warn("the dataset's transaction could not be undone", e);
        }
    }

    private static IllegalStateException failed(String what, SQLException cause) {
        return new IllegalStateException(
                "could not %s the dataset: %s".formatted(what, cause.getMessage()), cause);
    }
}
