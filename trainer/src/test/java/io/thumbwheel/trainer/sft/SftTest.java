package io.thumbwheel.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.TrainerConsole;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SftTest {
    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();

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

        assertThat(run(rows, text)).as(console::err).isZero();

        assertThat(folder.resolve("out/model.safetensors")).exists();
        assertThat(console.out())
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
        assertThat(console.err()).contains("nothing in ", "tale.txt can be used");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private int run(Path... data) {
        String files = "--data=" + data[0];
        String more = data.length > 1 ? "--data=" + data[1] : "--seed=1";
        return console.run(
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
