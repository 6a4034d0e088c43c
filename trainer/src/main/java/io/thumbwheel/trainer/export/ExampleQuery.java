package io.thumbwheel.trainer.export;

import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Split;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is asked of an export.
///
/// @param format shape of a row
/// @param as how rows become a file
/// @param filter which examples
public record ExampleQuery(ExampleFormat format, FileType as, ExampleFilter filter) {
    private static final List<String> SHAPE = List.of("format", "as");
    private static final List<String> FILTER =
            List.of("since", "until", "release", "source", "group", "split");

    /// How rows become a file.
    public enum FileType {
        /// One JSON object a line.
        JSONL,
        /// Apache Parquet, zstd.
        PARQUET;

        /// Of the file, for HTTP.
        public String mediaType() {
            return switch (this) {
                case JSONL -> "application/jsonl";
                case PARQUET -> "application/vnd.apache.parquet";
            };
        }
    }

    /// Reads the parameters of a request for examples; without `format` it is preference, without
    /// `as` it is jsonl.
    ///
    /// @throws IllegalArgumentException says which parameter is wrong and what is allowed
    public static ExampleQuery parse(Map<String, List<String>> parameters) {
        requireKnown(parameters, true);
        ExampleFormat format = choice(parameters, "format", ExampleFormat.class);
        FileType as = choice(parameters, "as", FileType.class);
        return new ExampleQuery(
                format == null ? ExampleFormat.PREFERENCE : format,
                as == null ? FileType.JSONL : as,
                filter(parameters));
    }

    /// Reads the parameters of a request for the card: those of a filter.
    ///
    /// @throws IllegalArgumentException as [#parse]
    public static ExampleFilter parseFilter(Map<String, List<String>> parameters) {
        requireKnown(parameters, false);
        return filter(parameters);
    }

    private static ExampleFilter filter(Map<String, List<String>> parameters) {
        ExampleFilter filter =
                new ExampleFilter(
                        instant(parameters, "since"),
                        instant(parameters, "until"),
                        release(parameters),
                        choice(parameters, "source", RaterKind.class),
                        choice(parameters, "group", RaterGroup.class),
                        choice(parameters, "split", Split.class));
        Instant since = filter.since();
        Instant until = filter.until();
        if (since != null && until != null && !since.isBefore(until)) {
            throw new IllegalArgumentException(
                    "since %s is not before until %s: nothing lies between"
                            .formatted(since, until));
        }
        return filter;
    }

    private static void requireKnown(Map<String, List<String>> parameters, boolean shaped) {
        SortedSet<String> unknown = new TreeSet<>(parameters.keySet());
        FILTER.forEach(unknown::remove);
        if (shaped) {
            SHAPE.forEach(unknown::remove);
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown parameter '%s': allowed are %s%s"
                            .formatted(
                                    unknown.first(),
                                    shaped ? String.join(", ", SHAPE) + ", " : "",
                                    String.join(", ", FILTER)));
        }
    }

    private static @Nullable String single(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new IllegalArgumentException(
                    "%s is given %d times: once is allowed".formatted(name, values.size()));
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    private static <E extends Enum<E>> @Nullable E choice(
            Map<String, List<String>> parameters, String name, Class<E> kinds) {
        String value = single(parameters, name);
        if (value == null) {
            return null;
        }
        for (E kind : kinds.getEnumConstants()) {
            if (nameOf(kind).equals(value)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "%s must be one of %s, got '%s'"
                        .formatted(
                                name,
                                Arrays.stream(kinds.getEnumConstants())
                                        .map(ExampleQuery::nameOf)
                                        .collect(Collectors.joining(", ")),
                                value));
    }

    private static @Nullable Instant instant(Map<String, List<String>> parameters, String name) {
        String value = single(parameters, name);
        try {
            return value == null ? null : Instant.parse(value);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "%s must be an ISO-8601 instant like 2026-05-01T10:00:00Z, got '%s'"
                            .formatted(name, value),
                    e);
        }
    }

    private static @Nullable String release(Map<String, List<String>> parameters) {
        String value = single(parameters, "release");
        if (value != null && !value.matches("r\\d+-[0-9a-f]{8}")) {
            throw new IllegalArgumentException(
                    "release must be an id like r7-0123abcd (GET /v1/releases lists them), got '%s'"
                            .formatted(value));
        }
        return value;
    }

    /// How an enum's value is written.
    static String nameOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
