package io.thumbwheel.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The TinyStories subset: a file in proper case and a lower-case superset, as one list of stories.
///
/// Eldan and Li 2023, "TinyStories: How Small Can Language Models Be and Still Speak Coherent
/// English?". The stories of the lower-case file that the other lacks are truecased.
final class TinyStories {
    private static final int KEY_LETTERS = 80;
    private static final int SHORTEST = 250;
    private static final int LONGEST = 4_000;
    private static final String FRAGMENT = "(?s)(and|she|then|he|they|but|so|it)\\b.*|[\"'].*";

    private TinyStories() {}

    /// The stories in proper case first, then the truecased ones; every story once.
    static List<String> read(Path folder) throws IOException {
        String sample = Files.readString(folder.resolve("tinystories_sample.txt"));
        var pieces = new ArrayList<>(Arrays.asList(sample.split("<\\|endoftext\\|>")));
        pieces.removeLast();
        var seen = new HashSet<String>();
        var stories = new ArrayList<String>();
        for (String piece : pieces) {
            add(piece, seen, stories);
        }
        var truecaser = new Truecaser(stories);
        for (String piece : lowerCase(folder.resolve("tinystories_lower.txt"))) {
            boolean fragment = piece.length() < 300 || piece.matches(FRAGMENT);
            if (!fragment && !seen.contains(key(piece))) {
                add(truecaser.apply(Sentences.repair(piece)), seen, stories);
            }
        }
        return stories;
    }

    private static List<String> lowerCase(Path file) throws IOException {
        var stories = new ArrayList<String>();
        var story = new StringBuilder();
        boolean paragraphBreak = false;
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank()) {
                paragraphBreak = true;
                continue;
            }
            if (!paragraphBreak && !story.isEmpty()) {
                stories.add(story.toString());
                story.setLength(0);
            }
            if (!story.isEmpty()) {
                story.append('\n');
            }
            story.append(line.strip());
            paragraphBreak = false;
        }
        stories.add(story.toString());
        return stories;
    }

    private static void add(String piece, Set<String> seen, List<String> stories) {
        String story = Sentences.repair(piece);
        boolean usable =
                story.length() >= SHORTEST
                        && story.length() <= LONGEST
                        && Sentences.complete(story)
                        && story.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 127));
        if (usable && seen.add(key(story))) {
            stories.add(story);
        }
    }

    /// The first letters of a story, the same for its lower-case twin.
    static String key(String story) {
        String letters = story.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return letters.substring(0, Math.min(KEY_LETTERS, letters.length()));
    }
}
