package io.thumbwheel.trainer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LessonReaderTest {
    private static final Message HELLO = new Message("user", "Hello");
    private static final Message HI = new Message("assistant", "Hi");
    private static final Message HOW = new Message("user", "How are you?");

    @TempDir private Path folder;
    private final DataReport report = new DataReport();

    @Test
    void transcriptsShareTheirPromptAndDifferInTheirLastAnswer() throws IOException {
        Lesson lesson =
                one(
                        """
                        {"chosen": "\\n\\nHuman: Hello\\n\\nAssistant: Hi\\n\\nHuman: How are you?\\n\\nAssistant: Fine.", "rejected": "\\n\\nHuman: Hello\\n\\nAssistant: Hi\\n\\nHuman: How are you?\\n\\nAssistant: Go away.\\nNow."}
                        """);

        assertThat(lesson)
                .isEqualTo(
                        new Lesson.Comparison(List.of(HELLO, HI, HOW), "Fine.", "Go away.\nNow."));
    }

    @Test
    void aPreferenceHasItsPromptAsTextAsTranscriptOrAsMessages() throws IOException {
        var expected = new Lesson.Comparison(List.of(HELLO), "Hi", "No");

        assertThat(one("{\"prompt\":\"Hello\",\"chosen\":\" Hi\",\"rejected\":\"No\"}"))
                .isEqualTo(expected);
        assertThat(
                        one(
                                "{\"prompt\":\"\\n\\nHuman: Hello\\n\\nAssistant:\",\"chosen\":\" Hi\",\"rejected\":\" No\"}"))
                .isEqualTo(expected);
        assertThat(
                        one(
                                """
                                {"prompt": [{"role": "user", "content": "Hello"}], "chosen": [{"role": "assistant", "content": "Hi"}], "rejected": [{"role": "assistant", "content": "No"}]}
                                """))
                .isEqualTo(expected);
    }

    @Test
    void aPromptMayComeWithWhatIsRightToSay() throws IOException {
        assertThat(one("{\"prompt\":\"Hello\",\"answers\":[\"Hi\",\"Good day\"]}"))
                .isEqualTo(new Lesson.KnownAnswer(List.of(HELLO), List.of("Hi", "Good day")));
    }

    @Test
    void aPreferenceWithoutPromptHasItInBothLists() throws IOException {
        var expected = new Lesson.Comparison(List.of(HELLO), "Hi", "No");
        String lists =
                """
                "chosen": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}], "rejected": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "No"}]}
                """;

        assertThat(one("{" + lists)).isEqualTo(expected);
        assertThat(one("{\"prompt\": \"Hello\", " + lists)).isEqualTo(expected);
    }

    @Test
    void aLabelMakesAThumb() throws IOException {
        assertThat(one("{\"prompt\":\"Hello\",\"completion\":\"Hi\",\"label\":false}"))
                .isEqualTo(new Lesson.Thumb(List.of(HELLO), "Hi", false, ""));
    }

    @Test
    void promptAndCompletionOrMessagesMakeAConversation() throws IOException {
        var expected = new Lesson.Conversation(List.of(HELLO, HI));

        assertThat(one("{\"prompt\":\"Hello\",\"completion\":\"Hi\"}")).isEqualTo(expected);
        assertThat(
                        one(
                                """
                                {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]}
                                """))
                .isEqualTo(expected);
    }

    @Test
    void gzippedLinesAreLines() throws IOException {
        Path file = folder.resolve("data.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(
                    "{\"prompt\":\"Hello\",\"completion\":\"Hi\"}\n"
                            .getBytes(StandardCharsets.UTF_8));
        }

        assertThat(read(file)).containsExactly(new Lesson.Conversation(List.of(HELLO, HI)));
    }

    @Test
    void questionsAloneAreQuestions() throws IOException {
        Path file =
                write(
                        "prompts.jsonl",
                        "{\"prompt\":\"Hello\"}",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");

        assertThat(read(file))
                .containsExactly(
                        new Lesson.Question(List.of(HELLO)), new Lesson.Question(List.of(HELLO)));
    }

    @Test
    void everyKindOfBadRowIsCountedAndNamedByItsLine() throws IOException {
        Path file =
                write(
                        "bad.jsonl",
                        "{\"prompt\":",
                        "{\"title\":\"Hello\"}",
                        "{\"prompt\":\"Hello\",\"chosen\":\"Hi\",\"rejected\":\" \"}",
                        "{\"prompt\":\"Hello\",\"chosen\":\"Hi\",\"rejected\":\"Hi \"}",
                        "{\"chosen\":\"Human: a\\n\\nAssistant: b\",\"rejected\":\"Human: x\\n\\nAssistant: c\"}",
                        "{\"messages\":[{\"role\":\"narrator\",\"content\":\"Hello\"}]}",
                        "",
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"Hello\"}]}",
                        "{\"prompt\":\"Hello\",\"completion\":\"Hi\",\"label\":1}",
                        "{\"chosen\":\"Hi\",\"rejected\":\"No\"}");

        assertThat(read(file)).isEmpty();

        assertThat(report.lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(file + ": 0 rows used"),
                        line ->
                                assertThat(line)
                                        .startsWith("not JSON, left out: 1 row, " + file + ":1 ("),
                        line ->
                                assertThat(line)
                                        .startsWith("unknown shape, left out: 3 rows, ")
                                        .contains(
                                                file + ":2 (fields [title])",
                                                file + ":9 (label is true or false, got 1)",
                                                file + ":10 (without a prompt"),
                        line -> assertThat(line).startsWith("empty answer").contains(file + ":3 ("),
                        line ->
                                assertThat(line)
                                        .startsWith("chosen equals rejected")
                                        .contains(file + ":4 ("),
                        line ->
                                assertThat(line)
                                        .startsWith("answers to different prompts")
                                        .contains(file + ":5 ("),
                        line ->
                                assertThat(line)
                                        .startsWith("roles out of order, left out: 2 rows")
                                        .contains(
                                                file + ":6 (role 'narrator')",
                                                file
                                                        + ":8 (an answer follows the user's turn, not system's)"));
    }

    @Test
    void onlyTheFirstFewOfAKindAreShown() throws IOException {
        read(write("bad.jsonl", "a", "b", "c", "d"));

        assertThat(report.lines().getLast())
                .contains(": 4 rows", "bad.jsonl:3 (")
                .doesNotContain("bad.jsonl:4")
                .endsWith("; ...");
    }

    @Test
    void aFileOfWhichNothingIsUsedIsRefused() throws IOException {
        read(write("bad.jsonl", "hello"));

        assertThatThrownBy(report::requireUse)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing in ")
                .hasMessageContaining("bad.jsonl can be used")
                .hasMessageContaining("not JSON, left out: 1 row");
    }

    @Test
    void aBrokenFileIsNamedWithItsLastGoodLine() throws IOException {
        Path file = folder.resolve("latin.jsonl");
        Files.write(file, new byte[] {'\n', '"', (byte) 0xe9, '"'});

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("latin.jsonl cannot be read after line");
    }

    private Lesson one(String line) throws IOException {
        List<Lesson> lessons = read(write("one.jsonl", line));
        assertThat(lessons).as(() -> report.lines().toString()).hasSize(1);
        return lessons.getFirst();
    }

    private Path write(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private List<Lesson> read(Path file) throws IOException {
        List<Lesson> lessons = new ArrayList<>();
        new LessonReader(report).forEach(file, (_, lesson) -> lessons.add(lesson));
        return lessons;
    }
}
