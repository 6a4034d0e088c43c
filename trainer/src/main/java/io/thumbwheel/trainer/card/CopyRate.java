package io.thumbwheel.trainer.card;

import io.thumbwheel.trainer.data.ChildNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// How much of some answers stands word for word in the training text, by runs of 13 words.
///
/// Brown et al. 2020, "Language Models are Few-Shot Learners", appendix C, uses 13-grams of
/// lower-case words for the overlap of two texts. Departures: children's names count as one word,
/// because training changes them at every pass; runs are compared by a 64-bit hash.
final class CopyRate {
    private static final int RUN = 13;

    private final List<Set<Long>> runsOfAnswers = new ArrayList<>();
    private final Set<Long> sought = new HashSet<>();
    private final Set<Long> found = new HashSet<>();

    CopyRate(List<String> answers) {
        for (String answer : answers) {
            Set<Long> runs = new HashSet<>(runs(answer));
            runsOfAnswers.add(runs);
            sought.addAll(runs);
        }
    }

    /// Looks the answers' runs up in a training document.
    void read(String trainingText) {
        for (long run : runs(trainingText)) {
            if (sought.contains(run)) {
                found.add(run);
            }
        }
    }

    /// The share of all runs of answers that training text has; 0 where no answer has 13 words.
    double ofRuns() {
        long all = runsOfAnswers.stream().mapToLong(Set::size).sum();
        long copied =
                runsOfAnswers.stream()
                        .mapToLong(runs -> runs.stream().filter(found::contains).count())
                        .sum();
        return all == 0 ? 0 : (double) copied / all;
    }

    /// The share of answers of at least 13 words that have a run from training text.
    double ofAnswers() {
        long all = runsOfAnswers.stream().filter(runs -> !runs.isEmpty()).count();
        long copying =
                runsOfAnswers.stream().filter(r -> r.stream().anyMatch(found::contains)).count();
        return all == 0 ? 0 : (double) copying / all;
    }

    private static List<Long> runs(String text) {
        var words = new ArrayList<Long>();
        for (String word : text.split("[^\\p{L}\\p{N}']+")) {
            if (!word.isEmpty()) {
                words.add(ChildNames.ALL.contains(word) ? 1L : hash(word.toLowerCase(Locale.ROOT)));
            }
        }
        var runs = new ArrayList<Long>();
        for (int end = RUN; end <= words.size(); end++) {
            long run = 0;
            for (long word : words.subList(end - RUN, end)) {
                run = Long.rotateLeft(run, 5) * 0x9E3779B97F4A7C15L + word;
            }
            runs.add(run);
        }
        return runs;
    }

    private static long hash(String word) {
        long hash = 1_125_899_906_842_597L;
        for (int i = 0; i < word.length(); i++) {
            hash = 31 * hash + word.charAt(i);
        }
        return hash * 0xC2B2AE3D27D4EB4FL;
    }
}
