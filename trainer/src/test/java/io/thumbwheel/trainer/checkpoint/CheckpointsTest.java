package io.thumbwheel.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir private Path folder;
    private final List<String> complaints = new ArrayList<>();
    private final StringWriter said = new StringWriter();

    private record State(double value) {}

    @BeforeEach
    void writeThree() throws IOException {
        for (int i = 1; i <= 3; i++) {
            write(i);
        }
    }

    @Test
    void theNewestTwoAreKept() throws IOException {
        assertThat(names())
                .containsExactly("checkpoint-000000000002", "checkpoint-000000000003", "latest");
        Path newest = new Checkpoints(folder).newest(complaints::add).orElseThrow();
        assertThat(newest.toRealPath()).isEqualTo(folder.resolve("latest").toRealPath());
        assertThat(Checkpoints.readState(newest.resolve("inner/state.json"), State.class))
                .isEqualTo(new State(3.1));
        assertThat(complaints).isEmpty();
    }

    @Test
    void whereThereIsNoneThereIsNone() throws IOException {
        assertThat(new Checkpoints(folder.resolve("other")).newest(complaints::add)).isEmpty();
    }

    @Test
    void aFlippedBitIsNoticed() throws IOException {
        Path file = folder.resolve("latest/inner/state.json");
        byte[] bytes = Files.readAllBytes(file);
        bytes[2] ^= 1;
        Files.write(file, bytes);

        assertThat(new Checkpoints(folder).newest(complaints::add))
                .contains(folder.resolve("checkpoint-000000000002"));
        assertThat(complaints)
                .containsExactly(
                        folder.resolve("checkpoint-000000000003")
                                + " is torn: inner/state.json is not what was written");
    }

    @Test
    void whereNoneIsWholeNobodyBeginsAnewUnasked() throws IOException {
        for (String name : List.of("checkpoint-000000000002", "checkpoint-000000000003")) {
            Files.delete(folder.resolve(name).resolve("files.json"));
        }

        assertThatThrownBy(() -> new Checkpoints(folder).newest(complaints::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none of the 2 checkpoints in ", "begin anew");
    }

    @Test
    void whereTheDiskIsFullTheOneBeforeStays() throws IOException {
        assertThatThrownBy(() ->
                        periodic(false)
                                .updated(
                                        4,
                                        place -> {
                                            Files.writeString(place.resolve("half"), "half");
                                            throw new IOException("No space left on device");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "the checkpoint of update 4 cannot be written (No space left on device): make room; --resume goes on from the one before");
        assertThat(names())
                .containsExactly("checkpoint-000000000002", "checkpoint-000000000003", "latest");
        assertThat(new Checkpoints(folder).newest(complaints::add))
                .contains(folder.resolve("checkpoint-000000000003"));
    }

    @Test
    void whoStopsLeavesOneMore() throws IOException {
        Checkpointing.NONE.updated(5, _ -> Files.createDirectory(folder.resolve("never")));
        periodic(false).updated(5, _ -> Files.createDirectory(folder.resolve("never")));
        assertThat(folder.resolve("never")).doesNotExist();

        assertThatThrownBy(() -> periodic(true).updated(5, _ -> {}))
                .isInstanceOf(CancellationException.class)
                .hasMessage("stopped after update 5");
        assertThat(names()).contains("checkpoint-000000000005");
        assertThat(said.toString()).contains("metrics", "checkpoint of update 5");
    }

    private Checkpointing periodic(boolean stopping) throws IOException {
        return new PeriodicCheckpoints(
                new Checkpoints(folder),
                2,
                () -> stopping,
                () -> said.append("metrics"),
                new PrintWriter(said));
    }

    private void write(int position) throws IOException {
        new Checkpoints(folder)
                .write(
                        position,
                        place ->
                                Checkpoints.writeState(
                                        Files.createDirectory(place.resolve("inner"))
                                                .resolve("state.json"),
                                        new State(position + 0.1)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
