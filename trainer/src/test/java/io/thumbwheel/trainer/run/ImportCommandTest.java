package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ImportCommandTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void importsOnceAndSaysWhyNotTwice() throws IOException {
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);

        assertThat(run(policy)).isZero();
        assertThat(out.toString()).startsWith("imported ").contains("r0-");

        assertThat(run(policy)).isEqualTo(1);
        assertThat(err.toString()).startsWith("the store has releases already, r0-");
    }

    @Test
    void aFolderThatIsNoCheckpointIsRefused() {
        assertThat(run(folder)).isEqualTo(1);
        assertThat(err.toString())
                .contains("lacks config.json, tokenizer.json")
                .contains("model.safetensors");
    }

    private int run(Path policy) {
        return new CommandLine(new ImportCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(policy.toString(), "--releases", folder.resolve("releases").toString());
    }
}
