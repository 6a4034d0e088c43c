package io.thumbwheel.trainer.export;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.export.ExampleExport.Reason;
import java.util.List;
import java.util.Optional;

/// Examples as rows of a format.
final class ExampleRows {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ExampleQuery query;
    private final Transcripts transcripts;

    ExampleRows(ExampleQuery query, Transcripts transcripts) {
        this.query = query;
        this.transcripts = transcripts;
    }

    /// What became of an example.
    sealed interface Result {
        /// A line.
        record Row(String json) implements Result {}

        /// Nothing, and why.
        record LeftOut(Reason reason) implements Result {}
    }

    /// @param body the event as it was written
    Result row(Example example, String body) {
        return switch (query.format()) {
            case PREFERENCE ->
                    example instanceof Example.Preference it
                            ? preference(it)
                            : new Result.LeftOut(Reason.OTHER_KINDS);
            case KTO ->
                    example instanceof Example.Rated it
                            ? rated(it)
                            : new Result.LeftOut(Reason.OTHER_KINDS);
            case SFT ->
                    example instanceof Example.Demonstration it
                            ? demonstration(it)
                            : new Result.LeftOut(Reason.OTHER_KINDS);
            case RAW -> raw(example, body);
        };
    }

    private Result preference(Example.Preference example) {
        if (example.outcome() == Example.Outcome.TIE) {
            return new Result.LeftOut(Reason.TIES);
        }
        boolean first = example.outcome() == Example.Outcome.A;
        Example.Response chosen = first ? example.a() : example.b();
        Example.Response rejected = first ? example.b() : example.a();
        return withPrompt(
                example,
                example.promptIds(),
                (row, prompt) -> {
                    row.set("prompt", messages(prompt));
                    row.set("chosen", answer(chosen));
                    row.set("rejected", answer(rejected));
                    row.put("margin", example.margin());
                    row.put("chosen_release", chosen.release());
                    row.put("rejected_release", rejected.release());
                });
    }

    private Result rated(Example.Rated example) {
        if (example.score() == 0.5) {
            return new Result.LeftOut(Reason.NEUTRAL);
        }
        return withPrompt(
                example,
                example.promptIds(),
                (row, prompt) -> {
                    row.set("prompt", messages(prompt));
                    row.set("completion", answer(example.response()));
                    row.put("label", example.score() > 0.5);
                    row.put("score", example.score());
                    row.put("release", example.response().release());
                });
    }

    private Result demonstration(Example.Demonstration example) {
        return withPrompt(
                example,
                example.promptIds(),
                (row, prompt) -> {
                    row.set("messages", messages(prompt).addAll(answer(example.response())));
                    row.put("release", example.response().release());
                });
    }

    private Result raw(Example example, String body) {
        return switch (query.as()) {
            case JSONL -> new Result.Row(body);
            case PARQUET -> {
                ObjectNode row = JSON.createObjectNode().put("id", example.id());
                row.put("kind", kindOf(example)).put("event", body);
                yield new Result.Row(withOrigin(row, example.provenance()).toString());
            }
        };
    }

    /// Puts a format's own columns into a row.
    @FunctionalInterface
    private interface Columns {
        void putInto(ObjectNode row, List<Message> prompt);
    }

    private Result withPrompt(Example example, List<Integer> promptIds, Columns columns) {
        Optional<List<Message>> prompt =
                example.promptMessages().isEmpty()
                        ? transcripts.messages(promptIds, ExampleFilter.releases(example))
                        : Optional.of(example.promptMessages());
        if (prompt.isEmpty()) {
            return new Result.LeftOut(Reason.WITHOUT_TEXT);
        }
        ObjectNode row = JSON.createObjectNode().put("id", example.id());
        columns.putInto(row, prompt.get());
        return new Result.Row(withOrigin(row, example.provenance()).toString());
    }

    private static ObjectNode withOrigin(ObjectNode row, Example.Provenance from) {
        return row.put("split", ExampleQuery.nameOf(from.split()))
                .put("source", ExampleQuery.nameOf(from.raterKind()))
                .put("group", ExampleQuery.nameOf(RaterGroup.of(from)))
                .put("rater", from.rater())
                .put("at", from.at().toString());
    }

    private static ArrayNode answer(Example.Response response) {
        return messages(List.of(new Message("assistant", response.text())));
    }

    private static ArrayNode messages(List<Message> messages) {
        ArrayNode array = JSON.createArrayNode();
        messages.forEach(message ->
                array.addObject().put("role", message.role()).put("content", message.content()));
        return array;
    }

    /// The kind of an example as its event has it.
    static String kindOf(Example example) {
        return switch (example) {
            case Example.Preference _ -> "preference";
            case Example.Rated _ -> "rated";
            case Example.Demonstration _ -> "demonstration";
            case Example.Critique _ -> "critique";
            case Example.Withdrawn _ -> "withdrawn";
        };
    }
}
