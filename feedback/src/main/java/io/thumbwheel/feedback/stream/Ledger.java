package io.thumbwheel.feedback.stream;

import io.thumbwheel.feedback.pairing.Item;
import io.thumbwheel.feedback.pairing.KeptCompletion;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// What one partition of the join remembers, in stores that Kafka backs.
///
/// Completions, entries and what waits are keyed by a completion id first, which starts with its
/// time: what is too old stands at the beginning of each store and leaves by [#forget].
final class Ledger {
    private static final int MAX_FORGOTTEN_AT_ONCE = 10_000;

    private static final String COMPLETIONS = "completions";
    private static final String ENTRIES = "entries";
    private static final String ITEMS = "items";
    private static final String CLAIMS = "claims";
    private static final String WAITING = "waiting";

    private final KeyValueStore<String, KeptCompletion> completions;
    private final KeyValueStore<String, Entry> entries;
    private final KeyValueStore<String, String> items;
    private final KeyValueStore<String, Claims> claims;
    private final KeyValueStore<String, String> waiting;

    Ledger(ProcessingContext context) {
        completions = context.getStateStore(COMPLETIONS);
        entries = context.getStateStore(ENTRIES);
        items = context.getStateStore(ITEMS);
        claims = context.getStateStore(CLAIMS);
        waiting = context.getStateStore(WAITING);
    }

    /// The stores, for the topology.
    static Set<StoreBuilder<?>> stores() {
        return Set.of(
                onDisk(COMPLETIONS, JsonSerde.of(KeptCompletion.class)),
                onDisk(ENTRIES, JsonSerde.of(Entry.class)),
                onDisk(ITEMS, Serdes.String()),
                onDisk(CLAIMS, JsonSerde.of(Claims.class)),
                Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(WAITING), Serdes.String(), Serdes.String()));
    }

    private static <V> StoreBuilder<KeyValueStore<String, V>> onDisk(String name, Serde<V> serde) {
        return Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name), Serdes.String(), serde);
    }

    /// Keeps a completion; false where it was kept before.
    boolean keep(KeptCompletion completion) {
        return completions.putIfAbsent(completion.id().toString(), completion) == null;
    }

    /// Those of `ids` that are kept.
    Map<CompletionId, KeptCompletion> kept(List<CompletionId> ids) {
        Map<CompletionId, KeptCompletion> kept = new HashMap<>();
        for (CompletionId id : ids) {
            KeptCompletion completion = completions.get(id.toString());
            if (completion != null) {
                kept.put(id, completion);
            }
        }
        return kept;
    }

    /// The key of a feedback.
    static String entryKey(CompletionId completion, String feedbackId) {
        return completion + "/" + feedbackId;
    }

    Optional<Entry> entry(String entryKey) {
        return Optional.ofNullable(entries.get(entryKey));
    }

    void put(String entryKey, Entry entry) {
        entries.put(entryKey, entry);
    }

    /// The newest feedback about the item of `feedback` by its rater: its entry key.
    Optional<String> newestAbout(FeedbackGiven feedback) {
        return Optional.ofNullable(items.get(itemId(feedback)));
    }

    void setNewest(FeedbackGiven feedback, String entryKey) {
        items.put(itemId(feedback), entryKey);
    }

    private static String itemId(FeedbackGiven feedback) {
        return Item.of(feedback).id(feedback.rater());
    }

    Claims claims(String exampleId) {
        Claims found = claims.get(exampleId);
        return found == null ? Claims.NONE : found;
    }

    void put(String exampleId, Claims next) {
        if (next.claims().isEmpty()) {
            claims.delete(exampleId);
        } else {
            claims.put(exampleId, next);
        }
    }

    /// Parks a feedback until `missing` comes.
    void park(CompletionId missing, String entryKey) {
        waiting.put(missing + " " + entryKey, entryKey);
    }

    void unpark(CompletionId missing, String entryKey) {
        waiting.delete(missing + " " + entryKey);
    }

    /// Entry keys of the feedback that waits for a completion.
    List<String> waitingFor(CompletionId completion) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, String> found =
                waiting.prefixScan(completion + " ", Serdes.String().serializer())) {
            found.forEachRemaining(entry -> keys.add(entry.value));
        }
        return keys;
    }

    /// How much feedback waits.
    long waiting() {
        return waiting.approximateNumEntries();
    }

    /// Forgets what is too old, a bounded number of records at a time.
    ///
    /// @param completionsBefore completions minted before this, epoch milliseconds
    /// @param feedbackBefore what was said about completions minted before this, epoch milliseconds
    /// @return how many completions and feedbacks were forgotten
    int forget(long completionsBefore, long feedbackBefore) {
        List<String> oldCompletions = keysBefore(completions, completionsBefore);
        oldCompletions.forEach(completions::delete);
        keysBefore(waiting, completionsBefore).forEach(waiting::delete);
        List<String> oldEntries = keysBefore(entries, feedbackBefore);
        oldEntries.forEach(this::forgetEntry);
        return oldCompletions.size() + oldEntries.size();
    }

    private void forgetEntry(String entryKey) {
        Entry entry = entries.delete(entryKey);
        for (String exampleId : entry.examples()) {
            put(exampleId, claims(exampleId).minus(entryKey));
        }
        if (entryKey.equals(items.get(itemId(entry.feedback())))) {
            items.delete(itemId(entry.feedback()));
        }
    }

    private static <V> List<String> keysBefore(KeyValueStore<String, V> store, long epochMillis) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, V> found = store.range(null, firstIdAt(epochMillis))) {
            while (found.hasNext() && keys.size() < MAX_FORGOTTEN_AT_ONCE) {
                keys.add(found.next().key);
            }
        }
        return keys;
    }

    /// Where the ids minted at a time begin: UUIDv7 starts with 48 bits of epoch milliseconds.
    private static String firstIdAt(long epochMillis) {
        return "chatcmpl-" + new UUID(Math.max(epochMillis, 0) << 16, 0);
    }
}
