package io.thumbwheel.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Split;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ExampleQueryTest {
    @Test
    void everyParameterIsRead() {
        ExampleQuery query =
                ExampleQuery.parse(
                        Map.of(
                                "format", List.of("kto"),
                                "as", List.of("parquet"),
                                "since", List.of("2026-05-01T10:00:00Z"),
                                "until", List.of("2026-05-02T10:00:00+02:00"),
                                "release", List.of("r12-0123abcd"),
                                "source", List.of("labeler"),
                                "group", List.of("held_out"),
                                "split", List.of("test")));

        assertThat(query)
                .isEqualTo(
                        new ExampleQuery(
                                ExampleFormat.KTO,
                                ExampleQuery.FileType.PARQUET,
                                new ExampleFilter(
                                        Instant.parse("2026-05-01T10:00:00Z"),
                                        Instant.parse("2026-05-02T08:00:00Z"),
                                        "r12-0123abcd",
                                        RaterKind.LABELER,
                                        RaterGroup.HELD_OUT,
                                        Split.TEST)));
        assertThat(ExampleQuery.parse(Map.of()))
                .isEqualTo(
                        new ExampleQuery(
                                ExampleFormat.PREFERENCE,
                                ExampleQuery.FileType.JSONL,
                                new ExampleFilter(null, null, null, null, null, null)));
    }

    @Test
    void whatIsWrongIsNamedWithWhatIsAllowed() {
        refuses("format", "dpo", "format must be one of preference, kto, sft, raw, got 'dpo'");
        refuses("as", "csv", "as must be one of jsonl, parquet, got 'csv'");
        refuses(
                "since",
                "yesterday",
                "since must be an ISO-8601 instant like 2026-05-01T10:00:00Z");
        refuses("release", "newest", "release must be an id like r7-0123abcd");
        refuses("source", "USER", "source must be one of user, labeler, webhook, simulated");
        refuses("group", "all", "group must be one of coach, judge, held_out, got 'all'");
        refuses("split", "dev", "split must be one of train, validation, test, got 'dev'");
        refuses(
                "limit",
                "1",
                "unknown parameter 'limit': allowed are format, as, since, until, release, source, group, split");
        assertThatThrownBy(() -> ExampleQuery.parse(Map.of("as", List.of("jsonl", "parquet"))))
                .hasMessage("as is given 2 times: once is allowed");
        assertThatThrownBy(() -> ExampleQuery.parseFilter(Map.of("format", List.of("kto"))))
                .hasMessageStartingWith("unknown parameter 'format': allowed are since, until");
        assertThatThrownBy(() ->
                        ExampleQuery.parseFilter(
                                Map.of(
                                        "since", List.of("2026-05-01T10:00:00Z"),
                                        "until", List.of("2026-05-01T10:00:00Z"))))
                .hasMessageContaining("nothing lies between");
    }

    private static void refuses(String name, String value, String message) {
        assertThatThrownBy(() -> ExampleQuery.parse(Map.of(name, List.of(value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
