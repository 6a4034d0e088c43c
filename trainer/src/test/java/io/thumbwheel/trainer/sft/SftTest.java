package io.thumbwheel.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.Trainer;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SftTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writePolicy() throws IOException {
        TinyPolicy.write(folder.resolve("policy"), 1);
    }

    @Test
    void learnsFromFilesOfSeveralFormats() throws IOException {
        Path rows =
                Files.write(
                        folder.resolve("rows.jsonl"),
                        List.of(
                                "{\"prompt\":\"Hello\",\"completion\":\"Hi\"}",
                                "{\"chosen\":\"Human: a\\n\\nAssistant: b\",\"rejected\":\"Human: a\\n\\nAssistant: c\"}",
                                "{\"text\":\"once\"}"));
        Path text =
                Files.writeString(
                        folder.resolve("play.txt"),
                        "Ann: a b\n\nBob: c d\n\nAnn: e\n\nBob: f\n\nAnn: g\n\nBob: h\n");

        assertThat(run(rows, text)).as(err::toString).isZero();

        assertThat(folder.resolve("out/model.safetensors")).exists();
        assertThat(out.toString())
                .contains(
                        "rows.jsonl: 2 rows used",
                        "play.txt: 1 row used",
                        "rows.jsonl:3 (fields [text])",
                        "3 conversations");
    }

    @Test
    void aTextWithoutDialoguesIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("tale.txt"), "Once upon a time.\n\nThe end.");

        assertThat(run(text)).isEqualTo(1);
        assertThat(err.toString()).contains("nothing in ", "tale.txt can be used");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private int run(Path... data) {
        CommandLine trainer =
                new CommandLine(new Trainer())
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));
        String files = "--data=" + data[0];
        String more = data.length > 1 ? "--data=" + data[1] : "--seed=1";
        return trainer.execute(
                "sft",
                "--init=" + folder.resolve("policy"),
                files,
                more,
                "--out=" + folder.resolve("out"),
                "--steps=2",
                "--batch=2",
                "--threads=1");
    }
}
