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
    /// The splits of people, over and over: 14 train, 3 validate and 3 test of 20. Always the same,
    /// though pseudonyms differ from folder to folder: a demo's seed repeats which comparisons
    /// train.
    private static final String SPLITS = "TTTVTTxTTVTTxTTTVTTx";

    private Raters() {}

    /// Those of the names whose picks train models.
    static Set<String> training(ApiKeys keys, String keyName) {
        return names(keys, keyName).stream()
                .filter(name -> split(keys, keyName, name) == Split.TRAIN)
                .collect(Collectors.toSet());
    }

    /// The names, in an order that mixes the splits.
    static List<String> names(ApiKeys keys, String keyName) {
        Map<Split, Integer> next = new EnumMap<>(Split.class);
        List<String> names = new ArrayList<>();
        while (names.size() < DemoConfig.RATERS) {
            Split wanted =
                    switch (SPLITS.charAt(names.size() % SPLITS.length())) {
                        case 'T' -> Split.TRAIN;
                        case 'V' -> Split.VALIDATION;
                        default -> Split.TEST;
                    };
            int number = next.getOrDefault(wanted, 0);
            while (split(keys, keyName, name(number)) != wanted) {
                number++;
            }
            names.add(name(number));
            next.put(wanted, number + 1);
        }
        return List.copyOf(names);
    }

    private static String name(int number) {
        return "rater-%03d".formatted(number);
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
