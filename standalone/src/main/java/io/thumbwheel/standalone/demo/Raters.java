package io.thumbwheel.standalone.demo;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The names of the simulated people: 28, 6 and 6 of them fall into the splits for training,
/// validation and test by the platform's own rule, so that small numbers do not make a run lucky.
final class Raters {
    private static final Map<Split, Integer> WANTED =
            new EnumMap<>(Map.of(Split.TRAIN, 28, Split.VALIDATION, 6, Split.TEST, 6));

    private Raters() {}

    /// Those of the names whose picks train models.
    static Set<String> training(ApiKeys keys, String keyName) {
        return names(keys, keyName).stream()
                .filter(name -> split(keys, keyName, name) == Split.TRAIN)
                .collect(Collectors.toSet());
    }

    /// The names, in an order that mixes the splits.
    static List<String> names(ApiKeys keys, String keyName) {
        Map<Split, Integer> open = new EnumMap<>(WANTED);
        List<String> names = new ArrayList<>();
        for (int number = 0; names.size() < DemoConfig.RATERS; number++) {
            String name = "rater-%03d".formatted(number);
            Split split = split(keys, keyName, name);
            if (open.merge(split, -1, Integer::sum) >= 0) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    private static Split split(ApiKeys keys, String keyName, String name) {
        ApiKey key =
                keys.keys().stream()
                        .filter(candidate -> candidate.name().equals(keyName))
                        .findFirst()
                        .orElseThrow();
        return Split.ofRater(ApiKeys.pseudonym(keys.signingKey(), key, name));
    }
}
