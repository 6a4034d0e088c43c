package io.thumbwheel.trainer.formats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;

/// Reads files of lessons: lines of JSON, or plain text where the name ends in `.txt`; either may
/// be gzipped (`.gz`). Rows that teach nothing go into the report.
public final class LessonReader {
    private final DataReport report;

    public LessonReader(DataReport report) {
        this.report = report;
    }

    /// Hands on every lesson of the file, in order. Who takes it says whether it is used.
    ///
    /// @throws IOException where the file cannot be read to its end; names the line
    public void forEach(Path file, BiConsumer<Place, Lesson> use) throws IOException {
        report.opened(file);
        String name = file.getFileName().toString();
        if (name.endsWith(".txt") || name.endsWith(".txt.gz")) {
            List<String> lines = new ArrayList<>();
            forEachLine(file, (_, line) -> lines.add(line));
            for (Dialogues.Found dialogue : Dialogues.in(lines)) {
                use.accept(
                        new Place(file, dialogue.line()),
                        new Lesson.Conversation(dialogue.messages()));
            }
        } else {
            forEachLine(file, (place, line) -> row(place, line, use));
        }
    }

    private void row(Place place, String line, BiConsumer<Place, Lesson> use) {
        if (line.isBlank()) {
            return;
        }
        Lesson lesson;
        try {
            lesson = JsonLessons.read(line);
        } catch (BadRowException bad) {
            report.add(bad.problem(), place, bad.detail());
            return;
        }
        use.accept(place, lesson);
    }

    private static void forEachLine(Path file, BiConsumer<Place, String> use) throws IOException {
        int number = 0;
        try (BufferedReader lines = open(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                use.accept(new Place(file, number), line);
            }
        } catch (IOException broken) {
            throw new IOException(
                    "%s cannot be read after line %d (a whole file of UTF-8 text or its gzip is needed): %s"
                            .formatted(file, number, broken),
                    broken);
        }
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        try {
            boolean zipped = file.getFileName().toString().endsWith(".gz");
            InputStream text = zipped ? new GZIPInputStream(bytes) : bytes;
            return new BufferedReader(
                    new InputStreamReader(text, StandardCharsets.UTF_8.newDecoder()));
        } catch (IOException notGzip) {
            bytes.close();
            throw notGzip;
        }
    }
}
