package io.thumbwheel.feedback.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

final class ForeignFileTest {
    private static final String ROW = "{\"prompt\":\"Hi\",\"completion\":\"%s\",\"label\":true}";

    @TempDir private Path folder;
    private final List<String> places = new ArrayList<>();
    private final List<String> bad = new ArrayList<>();

    @Test
    void linesMayBeBadWithoutHarmToOthers() throws IOException {
        read(
                "a.jsonl",
                (ROW.formatted("A") + "\n\n{oops\n{\"x\":1}\n" + ROW.formatted("B") + "\n"));

        assertThat(places).containsExactly("a.jsonl:1", "a.jsonl:5");
        assertThat(bad).containsExactly("a.jsonl:3 NOT_JSON", "a.jsonl:4 UNKNOWN_SHAPE");
    }

    @Test
    void aListIsReadRowByRow() throws IOException {
        read("b.json", "[\n" + ROW.formatted("A") + ",\n" + ROW.formatted("B") + "\n]");

        assertThat(places).containsExactly("b.json:2", "b.json:3");
        assertThat(bad).isEmpty();
    }

    @Test
    void anObjectOfRowsIsReadByName() throws IOException {
        read(
                "c.json",
                "{\n\"one\": " + ROW.formatted("A") + ",\n\"two\": " + ROW.formatted("B") + "\n}");

        assertThat(places).containsExactly("c.json:2", "c.json:3");
    }

    @Test
    void gzipIsUnpacked() throws IOException {
        Path file = folder.resolve("d.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((ROW.formatted("A") + "\n").getBytes(StandardCharsets.UTF_8));
        }

        ForeignFile foreign = visit(file);

        assertThat(places).containsExactly("d.jsonl.gz:1");
        assertThat(foreign.progress()).isEqualTo(1);
    }

    private void read(String name, String text) throws IOException {
        visit(Files.writeString(folder.resolve(name), text));
    }

    private ForeignFile visit(Path file) throws IOException {
        ForeignFile foreign = new ForeignFile(file, "import");
        foreign.forEach(
                new ForeignFile.Visitor() {
                    @Override
                    public void line(String place, ObjectNode line) {
                        places.add(place.substring(folder.toString().length() + 1));
                    }

                    @Override
                    public void bad(String place, RowProblem problem, String detail) {
                        bad.add(place.substring(folder.toString().length() + 1) + " " + problem);
                    }
                });
        return foreign;
    }
}
