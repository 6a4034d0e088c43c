package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Topics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The dataset's tables, and the queries for what of them holds.
final class DatasetQueries {
    private static final Map<Topics, String> TABLES =
            new EnumMap<>(
                    Map.of(
                            Topics.EXAMPLES, "examples",
                            Topics.PROMPTS, "prompts",
                            Topics.RATERS, "raters"));

    private DatasetQueries() {}

    /// All tables.
    static List<String> tables() {
        return List.copyOf(TABLES.values());
    }

    /// The table of a topic.
    static String table(Topics source) {
        String table = TABLES.get(source);
        if (table == null) {
            throw new IllegalArgumentException(source.topic() + " is no source of the dataset");
        }
        return table;
    }

    /// The records in force as of `until`: of each id the one of highest offset, unless that
    /// withdraws it.
    static String newest(Topics source, Offsets until) {
        return "SELECT * FROM (%s) WHERE kind <> '%s'"
                .formatted(latest(source, Offsets.none(), until), DatasetRow.WITHDRAWN);
    }

    /// The newest record as of `until` of each id that has one after `from`, withdrawals included.
    static String latest(Topics source, Offsets from, Offsets until) {
        return """
        SELECT record.* FROM %1$s record JOIN
        (SELECT max(off) AS off, arg_max(part, off) AS part FROM %1$s
        WHERE kind <> '%2$s' AND (%3$s) AND NOT (%4$s) GROUP BY id) newest USING (part, off)\
        """
                .formatted(
                        table(source),
                        DatasetRow.UNREADABLE,
                        before(until.of(source)),
                        before(from.of(source)));
    }

    private static String before(Map<Integer, Long> next) {
        String limits =
                next.entrySet().stream()
                        .map(limit ->
                                "(part = %d AND off < %d)"
                                        .formatted(limit.getKey(), limit.getValue()))
                        .collect(Collectors.joining(" OR "));
        return limits.isEmpty() ? "false" : limits;
    }
}
