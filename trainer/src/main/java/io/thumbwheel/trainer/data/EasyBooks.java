package io.thumbwheel.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Passages of children's books and fairy tales that are as easy to read as the small stories.
///
/// Easy means: sentences of at most 19 words on average, and nearly all words known to the stories.
final class EasyBooks {
    private static final int PASSAGE = 850;
    private static final double WORDS_PER_SENTENCE = 19;
    private static final double KNOWN = 0.88;

    private final Set<String> known;

    EasyBooks(List<String> stories) {
        Map<String, Integer> counts = new HashMap<>();
        for (String story : stories) {
            for (String word : words(story)) {
                counts.merge(word, 1, Integer::sum);
            }
        }
        known =
                counts.entrySet().stream()
                        .filter(e -> e.getValue() >= 3)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
    }

    private static List<String> words(String text) {
        return Stream.of(text.toLowerCase(Locale.ROOT).split("[^a-z']+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }

    List<String> read(Path storybooks, Path fairytales) throws IOException {
        var passages = new ArrayList<String>();
        for (Path book : files(storybooks, ".txt")) {
            if (!book.getFileName().toString().equals("SOURCE.txt")) {
                for (String story : Files.readString(book).split("\n\\s*\n")) {
                    int title = story.indexOf('\n');
                    cut(List.of(story.substring(title + 1).split("\n")), passages);
                }
            }
        }
        for (Path tale : files(fairytales, "-story.csv")) {
            var paragraphs = new ArrayList<String>();
            for (List<String> row : PersonaChat.rows(Files.readString(tale))) {
                if (row.size() == 2 && !row.getFirst().equals("section")) {
                    paragraphs.add(row.get(1).replace("\n", " "));
                }
            }
            cut(paragraphs, passages);
        }
        return passages;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(p -> p.toString().endsWith(ending)).sorted().toList();
        }
    }

    private void cut(List<String> paragraphs, List<String> passages) {
        var passage = new StringBuilder();
        for (String paragraph : paragraphs) {
            String text = Sentences.repair(paragraph);
            if (!text.isEmpty()) {
                passage.append(passage.isEmpty() ? "" : "\n").append(text);
            }
            if (passage.length() > PASSAGE) {
                keepIfEasy(passage.toString(), passages);
                passage.setLength(0);
            }
        }
        keepIfEasy(passage.toString(), passages);
    }

    private void keepIfEasy(String passage, List<String> passages) {
        List<String> words = words(passage);
        int sentences = Sentences.of(passage).size();
        boolean easy =
                words.size() >= 40
                        && passage.length() < 2 * PASSAGE
                        && words.size() <= WORDS_PER_SENTENCE * sentences
                        && words.stream().filter(known::contains).count() >= KNOWN * words.size()
                        && passage.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 127));
        if (easy) {
            passages.add(passage);
        }
    }
}
