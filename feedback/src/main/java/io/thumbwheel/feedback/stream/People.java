package io.thumbwheel.feedback.stream;

import java.util.Objects;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Who has been seen in one partition: raters, and how many prompts of each user went out.
final class People {
    private static final String PEOPLE = "people";

    private final KeyValueStore<String, Integer> people;

    People(ProcessingContext context) {
        people = context.getStateStore(PEOPLE);
    }

    static StoreBuilder<?> store() {
        return Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(PEOPLE), Serdes.String(), Serdes.Integer());
    }

    /// Whether the rater was never seen before.
    boolean isNewRater(String rater) {
        return people.putIfAbsent("rater/" + rater, 1) == null;
    }

    /// Whether one more prompt of the user may go out; counts it.
    boolean maySeePrompt(String user, StreamLimits limits) {
        String key = "prompts/" + user;
        int seen = Objects.requireNonNullElse(people.get(key), 0);
        if (seen >= limits.promptsPerUser()) {
            return false;
        }
        people.put(key, seen + 1);
        return true;
    }
}
