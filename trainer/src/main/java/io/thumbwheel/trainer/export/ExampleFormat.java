package io.thumbwheel.trainer.export;

import com.fasterxml.jackson.annotation.JsonProperty;

/// The shapes that examples are exported in: the conversational dataset types of TRL
/// (https://huggingface.co/docs/trl/dataset_formats), each with columns on where the example comes
/// from, and the event itself.
public enum ExampleFormat {
    /// TRL's preference: `prompt`, `chosen`, `rejected`, each a list of messages.
    @JsonProperty("preference")
    PREFERENCE(
            """
            prompt: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
            chosen: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
            rejected: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
            margin: 'DOUBLE', chosen_release: 'VARCHAR', rejected_release: 'VARCHAR'
            """),
    /// TRL's unpaired preference: `prompt`, `completion`, `label`.
    @JsonProperty("kto")
    KTO(
            """
            prompt: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
            completion: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
            label: 'BOOLEAN', score: 'DOUBLE', "release": 'VARCHAR'
            """),
    /// TRL's language modelling: `messages`.
    @JsonProperty("sft")
    SFT(
            """
            messages: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]', "release": 'VARCHAR'
            """),
    /// The event as it was written; in Parquet as the text of one column.
    @JsonProperty("raw")
    RAW("kind: 'VARCHAR', event: 'VARCHAR'");

    private final String columns;

    ExampleFormat(String columns) {
        this.columns = columns;
    }

    /// Columns and their DuckDB types.
    String columns() {
        return "id: 'VARCHAR', "
                + columns
                + ", split: 'VARCHAR', \"source\": 'VARCHAR', \"group\": 'VARCHAR',"
                + " rater: 'VARCHAR', \"at\": 'TIMESTAMPTZ'";
    }
}
