package io.thumbwheel.feedback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class FeedbackTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aDryRunOnlyCounts() throws IOException {
        Path file = rows();

        assertThat(run("import", "--dry-run", file.toString())).isZero();

        assertThat(out.toString())
                .contains("1 rows left out: not JSON")
                .contains(file + ":2: ")
                .contains("1 opinions in 1 files; nothing was sent");
    }

    @Test
    void saysWhatToDoWhereNoPlatformRuns() throws IOException {
        assertThat(run("import", "--data", folder.toString(), rows().toString())).isEqualTo(1);

        assertThat(err.toString()).contains("no platform runs on").contains("./thumbwheel up");
    }

    @Test
    void aCommandMustBeNamed() {
        assertThat(run()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("dead")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("name a command");
    }

    private Path rows() throws IOException {
        return Files.writeString(
                folder.resolve("rows.jsonl"),
                "{\"prompt\":\"Hi\",\"completion\":\"Hello!\",\"label\":true}\n{oops\n");
    }

    private int run(String... arguments) {
        return Feedback.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
