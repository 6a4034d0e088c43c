package io.thumbwheel.feedback.stream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The part of a store whose keys begin with one prefix. One store with parts, and not a store for
/// each, because every store costs a changelog that each commit writes to.
final class Table<V> {
    private final KeyValueStore<String, byte[]> store;
    private final String prefix;
    private final Class<V> type;

    Table(KeyValueStore<String, byte[]> store, String prefix, Class<V> type) {
        this.store = store;
        this.prefix = prefix;
        this.type = type;
    }

    @Nullable V get(String key) {
        byte[] bytes = store.get(prefix + key);
        return bytes == null ? null : StoredJson.read(bytes, type);
    }

    void put(String key, V value) {
        store.put(prefix + key, StoredJson.write(value));
    }

    /// Puts it where there was nothing; whether there was nothing.
    boolean putIfAbsent(String key, V value) {
        return store.putIfAbsent(prefix + key, StoredJson.write(value)) == null;
    }

    /// Takes out what is there; null where there is nothing.
    @Nullable V take(String key) {
        byte[] bytes = store.delete(prefix + key);
        return bytes == null ? null : StoredJson.read(bytes, type);
    }

    /// Every entry whose key begins with `keyPrefix`.
    void scan(String keyPrefix, BiConsumer<String, V> visitor) {
        try (KeyValueIterator<String, byte[]> found =
                store.prefixScan(prefix + keyPrefix, Serdes.String().serializer())) {
            found.forEachRemaining(entry ->
                    visitor.accept(
                            entry.key.substring(prefix.length()),
                            StoredJson.read(entry.value, type)));
        }
    }

    /// Every entry whose record, as it is stored, contains `text`.
    void scanContaining(String text, BiConsumer<String, V> visitor) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        try (KeyValueIterator<String, byte[]> found =
                store.prefixScan(prefix, Serdes.String().serializer())) {
            found.forEachRemaining(entry -> {
                if (contains(entry.value, wanted)) {
                    visitor.accept(
                            entry.key.substring(prefix.length()),
                            StoredJson.read(entry.value, type));
                }
            });
        }
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        if (wanted.length == 0) {
            return true;
        }
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (bytes[at] == wanted[0]
                    && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    /// The first keys before `end`, at most `limit`.
    List<String> keysBefore(String end, int limit) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> found = store.range(prefix, prefix + end)) {
            while (found.hasNext() && keys.size() < limit) {
                keys.add(found.next().key.substring(prefix.length()));
            }
        }
        return keys;
    }
}
