package io.thumbwheel.feedback.stream;

import io.thumbwheel.feedback.pairing.Item;
import io.thumbwheel.feedback.pairing.KeptCompletion;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// What one partition of the join remembers, in a store that Kafka backs.
///
/// Completions, entries and what waits are keyed by a completion id first, which starts with its
/// time: what is too old stands at the beginning of each table and leaves by [#forget].
final class Ledger {
    private static final int MAX_FORGOTTEN_AT_ONCE = 10_000;

    private static final String STORE = "ledger";

    private final Table<KeptCompletion> completions;
    private final Table<Entry> entries;
    private final Table<String> items;
    private final Table<Claims> claims;
    private final Table<String> waiting;
    private final Table<Integer> raters;
    private final Table<Integer> prompts;
    private long waitingCount;

    Ledger(ProcessingContext context) {
        KeyValueStore<String, byte[]> store = context.getStateStore(STORE);
        completions = new Table<>(store, "completion/", KeptCompletion.class);
        entries = new Table<>(store, "entry/", Entry.class);
        items = new Table<>(store, "item/", String.class);
        claims = new Table<>(store, "claims/", Claims.class);
        waiting = new Table<>(store, "waiting/", String.class);
        raters = new Table<>(store, "rater/", Integer.class);
        prompts = new Table<>(store, "prompts/", Integer.class);
        waiting.scan("", (_, _) -> waitingCount++);
    }

    /// The store, for the topology.
    static StoreBuilder<?> store() {
        return Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
    }

    /// Keeps a completion; false where it was kept before.
    boolean keep(KeptCompletion completion) {
        return completions.putIfAbsent(completion.id().toString(), completion);
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
            claims.take(exampleId);
        } else {
            claims.put(exampleId, next);
        }
    }

    /// Parks a feedback until `missing` comes.
    void park(CompletionId missing, String entryKey) {
        if (waiting.putIfAbsent(missing + " " + entryKey, entryKey)) {
            waitingCount++;
        }
    }

    void unpark(CompletionId missing, String entryKey) {
        unpark(missing + " " + entryKey);
    }

    private void unpark(String key) {
        if (waiting.take(key) != null) {
            waitingCount--;
        }
    }

    /// Entry keys of the feedback that waits for a completion.
    List<String> waitingFor(CompletionId completion) {
        List<String> keys = new ArrayList<>();
        if (waitingCount == 0) {
            return keys;
        }
        waiting.scan(completion + " ", (_, entryKey) -> keys.add(entryKey));
        return keys;
    }

    /// How much feedback waits.
    long waiting() {
        return waitingCount;
    }

    /// Whether the rater was never seen before in this partition.
    boolean isNewRater(String rater) {
        return raters.putIfAbsent(rater, 1);
    }

    /// Whether one more prompt of the user may go out; counts it.
    ///
    /// @param most most prompts of one user
    boolean maySeePrompt(String user, int most) {
        int seen = Objects.requireNonNullElse(prompts.get(user), 0);
        if (seen >= most) {
            return false;
        }
        prompts.put(user, seen + 1);
        return true;
    }

    /// Forgets what is too old, a bounded number of records at a time.
    ///
    /// @param completionsBefore completions minted before this, epoch milliseconds
    /// @param feedbackBefore what was said about completions minted before this, epoch milliseconds
    /// @return how many completions and feedbacks were forgotten
    int forget(long completionsBefore, long feedbackBefore) {
        List<String> oldCompletions =
                completions.keysBefore(firstIdAt(completionsBefore), MAX_FORGOTTEN_AT_ONCE);
        oldCompletions.forEach(completions::take);
        waiting.keysBefore(firstIdAt(completionsBefore), MAX_FORGOTTEN_AT_ONCE)
                .forEach(this::unpark);
        List<String> oldEntries =
                entries.keysBefore(firstIdAt(feedbackBefore), MAX_FORGOTTEN_AT_ONCE);
        oldEntries.forEach(this::forgetEntry);
        return oldCompletions.size() + oldEntries.size();
    }

    private void forgetEntry(String entryKey) {
        Entry entry = entries.take(entryKey);
        if (entry == null) {
            return;
        }
        for (String exampleId : entry.examples()) {
            put(exampleId, claims(exampleId).minus(entryKey));
        }
        if (entryKey.equals(items.get(itemId(entry.feedback())))) {
            items.take(itemId(entry.feedback()));
        }
    }

    /// Where the ids minted at a time begin: UUIDv7 starts with 48 bits of epoch milliseconds.
    private static String firstIdAt(long epochMillis) {
        return "chatcmpl-" + new UUID(Math.max(epochMillis, 0) << 16, 0);
    }
}
