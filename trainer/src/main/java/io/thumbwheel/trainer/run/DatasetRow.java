package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/// A record of the log as a row of the dataset. What cannot be read becomes a row too, of kind
/// [#UNREADABLE], so that it is counted and never looked at again. A prompt and a rater's trust
/// leave by a tombstone, of kind [#WITHDRAWN]; an example by a value ([Example.Withdrawn]).
///
/// @param source the topic
/// @param partition its partition
/// @param offset its offset
/// @param id what newer records replace
/// @param kind `preference`, `prompt`, `rater`, ...
/// @param split of the rater or owner; empty where there is none
/// @param body the event, JSON as it was written
record DatasetRow(
        Topics source,
        int partition,
        long offset,
        String id,
        String kind,
        String split,
        String body) {
    static final String UNREADABLE = "unreadable";
    static final String WITHDRAWN = "withdrawn";
    static final String PREFERENCE = "preference";

    private static final Logger LOG = Logger.getLogger(DatasetRow.class);

    static DatasetRow of(ConsumerRecord<byte[], byte[]> record) {
        Topics source =
                Dataset.SOURCES.stream()
                        .filter(topic -> topic.topic().equals(record.topic()))
                        .findFirst()
                        .orElseThrow();
        byte[] body = record.value();
        if (body == null && source != Topics.EXAMPLES && record.key() != null) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            return row(source, record, key, WITHDRAWN, "", new byte[0]);
        }
        if (body == null) {
            return unreadable(source, record, "it has no value");
        }
        try {
            return of(source, record, EventCodec.decode(body), body);
        } catch (UnreadableEventException e) {
            return unreadable(source, record, String.valueOf(e.getMessage()));
        }
    }

    private static DatasetRow of(
            Topics source, ConsumerRecord<byte[], byte[]> record, Event event, byte[] body) {
        if (event instanceof Example example && source == Topics.EXAMPLES) {
            String split = nameOf(example.provenance().split());
            return row(source, record, example.id(), kindOf(example), split, body);
        }
        if (event instanceof PromptSeen prompt && source == Topics.PROMPTS) {
            return row(source, record, prompt.digest(), "prompt", nameOf(prompt.split()), body);
        }
        if (event instanceof RaterTrust trust && source == Topics.RATERS) {
            return row(source, record, trust.rater(), "rater", "", body);
        }
        return unreadable(source, record, "it is an event of another topic");
    }

    private static String kindOf(Example example) {
        return switch (example) {
            case Example.Preference _ -> PREFERENCE;
            case Example.Rated _ -> "rated";
            case Example.Demonstration _ -> "demonstration";
            case Example.Critique _ -> "critique";
            case Example.Withdrawn _ -> WITHDRAWN;
        };
    }

    private static DatasetRow row(
            Topics source,
            ConsumerRecord<byte[], byte[]> record,
            String id,
            String kind,
            String split,
            byte[] body) {
        return new DatasetRow(
                source,
                record.partition(),
                record.offset(),
                id,
                kind,
                split,
                new String(body, StandardCharsets.UTF_8));
    }

    private static DatasetRow unreadable(
            Topics source, ConsumerRecord<byte[], byte[]> record, String reason) {
        LOG.warnf(
                "skipping offset %d of %s/%d: %s",
                record.offset(), record.topic(), record.partition(), reason);
        String id = UNREADABLE + "/" + record.partition() + "/" + record.offset();
        return new DatasetRow(
                source, record.partition(), record.offset(), id, UNREADABLE, "", reason);
    }

    private static String nameOf(Split split) {
        return split.name().toLowerCase(Locale.ROOT);
    }
}
