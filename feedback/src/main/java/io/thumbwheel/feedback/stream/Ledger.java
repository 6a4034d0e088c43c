package io.thumbwheel.feedback.stream;

import io.thumbwheel.feedback.pairing.Item;
import io.thumbwheel.feedback.pairing.KeptCompletion;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    private static final int RECENT = 128;

    static final String STORE = "ledger";
    static final String ENTRIES = "entry/";
    static final String IDS = "id/";

    private final Table<KeptCompletion> completions;
    private final Table<Entry> entries;
    private final Table<String> items;
    private final Table<Claims> claims;
    private final Table<String> waiting;
    private final Table<Integer> prompts;
    private final Table<String> ids;
    private final Table<String> imports;
    private final Table<Long> forgotten;

    /// The completions looked at last: what is said about one comes soon after it and together.
    private final Map<CompletionId, KeptCompletion> recent =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<CompletionId, KeptCompletion> eldest) {
                    return size() > RECENT;
                }
            };

    private long waitingCount;

    Ledger(ProcessingContext context) {
        KeyValueStore<String, byte[]> store = context.getStateStore(STORE);
        completions = new Table<>(store, "completion/", KeptCompletion.class);
        entries = new Table<>(store, ENTRIES, Entry.class);
        items = new Table<>(store, "item/", String.class);
        claims = new Table<>(store, "claims/", Claims.class);
        waiting = new Table<>(store, "waiting/", String.class);
        prompts = new Table<>(store, "prompts/", Integer.class);
        ids = new Table<>(store, IDS, String.class);
        imports = new Table<>(store, "import/", String.class);
        forgotten = new Table<>(store, "forgotten/", Long.class);
        waiting.scan("", (_, _) -> waitingCount++);
    }

    /// The store, for the topology.
    static StoreBuilder<?> store() {
        return Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
    }

    /// Keeps a completion; false where it was kept before.
    boolean keep(KeptCompletion completion) {
        boolean isNew = completions.putIfAbsent(completion.id().toString(), completion);
        if (isNew) {
            recent.put(completion.id(), completion);
        }
        return isNew;
    }

    /// Those of `ids` that are kept.
    Map<CompletionId, KeptCompletion> kept(List<CompletionId> ids) {
        Map<CompletionId, KeptCompletion> kept = new HashMap<>();
        for (CompletionId id : ids) {
            KeptCompletion completion = recent.get(id);
            if (completion == null) {
                completion = completions.get(id.toString());
            }
            if (completion != null) {
                recent.put(id, completion);
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

    /// Lets a feedback that is new be found by its id, and by when it came where nothing else tells
    /// its age.
    void introduce(String entryKey, FeedbackGiven feedback) {
        ids.put(idOf(entryKey), entryKey);
        if (feedback.completion().isImported()) {
            imports.put(importKey(entryKey, feedback), entryKey);
        }
    }

    private static String idOf(String entryKey) {
        return entryKey.substring(entryKey.indexOf('/') + 1);
    }

    /// Imported answers have no time in their id; what was said about them is as old as itself.
    private static String importKey(String entryKey, FeedbackGiven feedback) {
        return importsAt(feedback.at().toEpochMilli()) + entryKey;
    }

    private static String importsAt(long epochMillis) {
        return "%013d ".formatted(Math.max(epochMillis, 0));
    }

    /// Takes out a feedback and all that points to it.
    void remove(String entryKey, Entry entry) {
        entries.take(entryKey);
        ids.take(idOf(entryKey));
        imports.take(importKey(entryKey, entry.feedback()));
        for (String exampleId : entry.examples()) {
            put(exampleId, claims(exampleId).minus(entryKey));
        }
        // A retraction that came before its feedback is no item's newest.
        String itemId = itemId(entry.feedback());
        if (entryKey.equals(items.get(itemId))) {
            items.take(itemId);
        }
    }

    /// Remembers that a person was forgotten, and with that forgets what was counted of them.
    void setForgotten(String person, Instant at) {
        forgotten.put(person, at.toEpochMilli());
        prompts.take(person);
    }

    /// Whether the person who asked for a completion has been forgotten since.
    boolean isForgotten(String person, CompletionId asked) {
        Long at = forgotten.get(person);
        return at != null && asked.mintedAt() <= at;
    }

    /// Empties the completions that a person asked for before they were forgotten.
    Set<CompletionId> emptyCompletionsOf(String person) {
        Set<CompletionId> emptied = new HashSet<>();
        completions.scanContaining(
                person,
                (_, kept) -> {
                    if (kept.user().equals(person)
                            && kept.consent()
                            && isForgotten(person, kept.id())) {
                        emptied.add(kept.id());
                    }
                });
        recent.keySet().removeAll(emptied);
        emptied.forEach(
                id -> completions.put(id.toString(), KeptCompletion.withoutConsent(id, person)));
        return emptied;
    }

    /// What a person said and what was said about `about`, by entry key.
    Map<String, Entry> entriesOf(String person, Set<CompletionId> about) {
        Map<String, Entry> found = new TreeMap<>();
        entries.scanContaining(
                about.isEmpty() ? person : "",
                (key, entry) -> {
                    if (entry.feedback().rater().equals(person)
                            || Item.of(entry.feedback()).completions().stream()
                                    .anyMatch(about::contains)) {
                        found.put(key, entry);
                    }
                });
        return found;
    }

    /// Makes a feedback the newest about its item by its rater.
    ///
    /// @return the entry key of the one that was
    Optional<String> replaceNewest(FeedbackGiven feedback, String entryKey) {
        String item = itemId(feedback);
        Optional<String> older = Optional.ofNullable(items.get(item));
        items.put(item, entryKey);
        return older;
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
    /// @param feedbackBefore what was said about completions minted before this, and about imported
    ///   answers before this, epoch milliseconds
    /// @return how much was forgotten
    Evicted forget(long completionsBefore, long feedbackBefore) {
        List<String> oldCompletions =
                completions.keysBefore(firstIdAt(completionsBefore), MAX_FORGOTTEN_AT_ONCE);
        oldCompletions.forEach(completions::take);
        recent.clear();
        List<String> unmatched =
                waiting.keysBefore(firstIdAt(completionsBefore), MAX_FORGOTTEN_AT_ONCE);
        unmatched.forEach(this::unpark);
        List<String> oldEntries =
                entries.keysBefore(firstIdAt(feedbackBefore), MAX_FORGOTTEN_AT_ONCE);
        oldEntries.forEach(this::forgetEntry);
        List<String> oldImports =
                imports.keysBefore(importsAt(feedbackBefore), MAX_FORGOTTEN_AT_ONCE);
        for (String old : oldImports) {
            String entryKey = old.substring(old.indexOf(' ') + 1);
            forgetEntry(entryKey);
            completions.take(entryKey.substring(0, entryKey.indexOf('/')));
        }
        return new Evicted(
                oldCompletions.size(), oldEntries.size() + oldImports.size(), unmatched.size());
    }

    /// How much was forgotten because it grew too old.
    ///
    /// @param completions that nobody can judge any more
    /// @param feedback that can no longer be replaced or taken back
    /// @param unmatched opinions whose completion never came
    record Evicted(int completions, int feedback, int unmatched) {}

    private void forgetEntry(String entryKey) {
        Entry entry = entries.get(entryKey);
        if (entry != null) {
            remove(entryKey, entry);
        }
    }

    /// Where the ids minted at a time begin: UUIDv7 starts with 48 bits of epoch milliseconds.
    private static String firstIdAt(long epochMillis) {
        return "chatcmpl-" + new UUID(Math.max(epochMillis, 0) << 16, 0);
    }
}
