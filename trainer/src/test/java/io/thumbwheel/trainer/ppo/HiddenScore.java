package io.thumbwheel.trainer.ppo;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What the simulated people of [OfflineExperiment] like, unknown to everything that learns.
enum HiddenScore {
    /// Different happy words less different sad ones, clipped to ±2.
    HAPPY {
        @Override
        double preference(List<String> words) {
            return Math.clamp(different(words, HAPPY_WORDS) - different(words, SAD_WORDS), -2, 2);
        }
    },
    /// Different animals, clipped to 3.
    ANIMALS {
        @Override
        double preference(List<String> words) {
            return Math.clamp(different(words, ANIMAL_WORDS), 0, 3);
        }
    },
    /// Nearness to 24 words.
    LENGTH {
        @Override
        double preference(List<String> words) {
            return -Math.min(2, Math.abs(words.size() - 24) / 8.0);
        }
    };

    private static final Set<String> HAPPY_WORDS =
            Set.of(
                    "happy",
                    "happily",
                    "smile",
                    "smiled",
                    "smiling",
                    "laugh",
                    "laughed",
                    "fun",
                    "love",
                    "loved",
                    "proud",
                    "glad",
                    "hug",
                    "hugged",
                    "played",
                    "play",
                    "good",
                    "great",
                    "nice",
                    "excited",
                    "joy",
                    "friend",
                    "friends",
                    "best",
                    "thank",
                    "enjoyed",
                    "cheered",
                    "kind",
                    "beautiful",
                    "wonderful");
    private static final Set<String> SAD_WORDS =
            Set.of(
                    "sad", "cry", "cried", "scared", "afraid", "angry", "mad", "hurt", "lost",
                    "bad", "mean", "sorry", "worried", "alone", "tears", "broken", "broke", "upset",
                    "crying", "dark");
    private static final Set<String> ANIMAL_WORDS =
            Set.of(
                    "dog",
                    "cat",
                    "bird",
                    "birds",
                    "bear",
                    "fish",
                    "rabbit",
                    "bunny",
                    "mouse",
                    "frog",
                    "duck",
                    "cow",
                    "horse",
                    "pig",
                    "lion",
                    "fox",
                    "squirrel",
                    "puppy",
                    "kitten",
                    "butterfly",
                    "bee",
                    "ant",
                    "monkey",
                    "elephant",
                    "tiger",
                    "sheep",
                    "chicken",
                    "owl",
                    "turtle",
                    "snake",
                    "spider",
                    "dragon",
                    "bug",
                    "animals");

    abstract double preference(List<String> words);

    /// The preference plus fluency: repetition or a missing end cost.
    double of(String text, boolean ended) {
        List<String> words =
                Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z']+"))
                        .filter(word -> !word.isEmpty())
                        .toList();
        double fluency = ended ? 0 : -1;
        Set<String> trigrams = new HashSet<>();
        int repeated = 0;
        for (int i = 2; i < words.size(); i++) {
            repeated += trigrams.add(String.join(" ", words.subList(i - 2, i + 1))) ? 0 : 1;
        }
        if (words.isEmpty()) {
            fluency -= 2;
        }
        return preference(words) + fluency - Math.min(2, 0.5 * repeated);
    }

    private static int different(List<String> words, Set<String> wanted) {
        Set<String> found = new HashSet<>(words);
        found.retainAll(wanted);
        return found.size();
    }
}
