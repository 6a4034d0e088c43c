package io.thumbwheel.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.thumbwheel.schemas.artifact.ReleaseManifest.FileDigest;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What is interrupted and resumed ends as if nothing had happened, to the bit.
class ResumeTest {
    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();

    /// A training of at least twelve updates, and checkpoints at which it dies.
    private enum Training {
        SFT(2, 6, "sft", "--steps=12", "--batch=4", "--checkpoint-every=2"),
        SFT_LORA(2, 6, "sft", "--steps=12", "--batch=4", "--checkpoint-every=2", "--lora-rank=2"),
        DPO(4, 8, "ppo", "--method=dpo", "--set=epochs=4", "--set=checkpointEvery=2"),
        DPO_LORA(
                4,
                8,
                "ppo",
                "--method=dpo",
                "--set=epochs=4",
                "--set=checkpointEvery=2",
                "--lora-rank=2"),
        KTO(4, 8, "ppo", "--method=kto", "--set=epochs=4", "--set=checkpointEvery=2"),
        CHOSEN(4, 8, "ppo", "--method=sft", "--set=epochs=4", "--set=checkpointEvery=2"),
        // The second death is in the second member's training.
        REWARD(
                4,
                18,
                "reward",
                "--epochs=2",
                "--ensemble=2",
                "--batch=32",
                "--checkpoint-every=2",
                "--learning-rate=1e-3"),
        // The first death is at the last update of a fold.
        REWARD_FOLDS(5, 8, "reward", "--folds=3", "--batch=32", "--checkpoint-every=1");

        private final int first;
        private final int second;
        private final List<String> options;

        Training(int first, int second, String... options) {
            this.first = first;
            this.second = second;
            this.options = List.of(options);
        }
    }

    @BeforeEach
    void writeInput() throws IOException {
        TinyPolicy.write(folder.resolve("policy"), 1);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(
                    "{\"prompt\":\"Question %d?\",\"chosen\":\"zz%s\",\"rejected\":\"qq%s\"}"
                            .formatted(i, "a".repeat(i % 3), "a".repeat(i % 4)));
            rows.add(
                    "{\"prompt\":\"Question %d?\",\"completion\":\"%s\",\"label\":%b,\"rater\":\"r%d\"}"
                            .formatted(i, i % 2 == 0 ? "zy" : "qp", i % 2 == 0, i % 3));
        }
        Files.write(folder.resolve("data.jsonl"), rows);
    }

    @ParameterizedTest
    @EnumSource(Training.class)
    void goesOnAsIfItHadNeverStopped(Training training) throws IOException {
        assertThat(console.run(arguments(training, "whole"))).as(console::err).isZero();

        kill(training.first, arguments(training, "broken"));
        kill(training.second, arguments(training, "broken", "--resume"));
        List<Path> checkpoints = checkpoints();
        assertThat(checkpoints).hasSize(2);
        tear(checkpoints.getLast());
        assertThat(console.run(arguments(training, "broken", "--resume")))
                .as(console::err)
                .isZero();

        assertThat(console.out())
                .contains(
                        checkpoints.getLast() + " is torn: ",
                        "going on from " + checkpoints.getFirst());
        assertThat(content("broken")).isEqualTo(content("whole"));
        assertThat(folder.resolve("broken/checkpoints")).doesNotExist();
        assertThat(folder.resolve(".broken.part")).doesNotExist();
    }

    @Test
    void aKilledProcessAndOneThatWasAskedToStopGoOnToo() throws Exception {
        String[] options = {"--steps=400", "--batch=4", "--checkpoint-every=100"};
        assertThat(console.run(arguments("sft", "whole", options))).as(console::err).isZero();

        Process killed = begin(arguments("sft", "broken", options));
        read(killed, "checkpoint of update 100");
        killed.toHandle().destroyForcibly();
        killed.waitFor();
        Process stopped = begin(arguments("sft", "broken", with("--resume", options)));
        read(stopped, "checkpoint of update 200");
        stopped.toHandle().destroy();
        String said = read(stopped, "stopped after update ");

        assertThat(said).contains("; ./thumbwheel trainer sft --config ", "run.args --resume");
        assertThat(stopped.waitFor()).isEqualTo(128 + 15);
        assertThat(console.run(arguments("sft", "broken", with("--resume", options))))
                .as(console::err)
                .isZero();
        assertThat(content("broken")).isEqualTo(content("whole"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "state.json", "files.json"})
    void whatACheckpointLacksIsNoticed(String missing) throws IOException {
        String[] options = {"--steps=4", "--checkpoint-every=1"};
        kill(2, arguments("sft", "broken", options));
        Files.delete(checkpoints().getLast().resolve(missing));

        assertThat(console.run(arguments("sft", "broken", with("--resume", options)))).isZero();
        assertThat(console.out())
                .contains(
                        "checkpoint-000000000002 is torn: " + missing + " is missing",
                        "checkpoint of update 4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sft --data=data.jsonl",
                "reward --data=data.jsonl",
                "ppo --method=dpo --data=data.jsonl"
            })
    void whereNothingWasInterruptedThereIsNothingToResume(String line) {
        List<String> options = new ArrayList<>(List.of(line.split(" ")));
        options.add("--init=" + folder.resolve("policy"));
        options.add("--out=" + folder.resolve("out"));
        options.add("--resume");

        assertThat(console.run(options.toArray(String[]::new)))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err())
                .contains("no interrupted run for --out ", "begin one without --resume");
    }

    @Test
    void onlyTheSameRunIsResumed() throws IOException {
        String[] options = {"--steps=4", "--checkpoint-every=1"};
        kill(2, arguments("sft", "broken", options));

        assertThat(
                        console.run(
                                arguments(
                                        "sft",
                                        "broken",
                                        with("--lora-rank=2", with("--resume", options)))))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("--lora-rank was 0 when the run began and is 2: ");
        assertThat(
                        console.run(
                                arguments(
                                        "sft",
                                        "broken",
                                        with("--fp32", with("--resume", options)))))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("--fp32 was not set when the run began and is set: ");
        String rows = Files.readString(folder.resolve("data.jsonl"));
        Files.writeString(folder.resolve("data.jsonl"), rows + rows);
        assertThat(console.run(arguments("sft", "broken", with("--resume", options))))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("--data was ", "data.jsonl sha256:");

        Files.writeString(folder.resolve("data.jsonl"), rows);
        assertThat(console.run("sft", "--config", args().toString(), "--resume")).isZero();
        assertThat(console.run(arguments("sft", "broken", with("--resume", options))))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("broken is finished: there is nothing to resume");
    }

    @Test
    void withoutResumeItBeginsAnew() throws IOException {
        String[] options = {"--steps=4", "--checkpoint-every=1"};
        kill(2, arguments("sft", "broken", options));

        assertThat(console.run(arguments("sft", "broken", options))).isZero();
        assertThat(console.out()).contains("checkpoint of update 1").doesNotContain("going on");
    }

    private Path args() {
        return folder.resolve(".broken.part/run.args");
    }

    private void kill(int update, String... arguments) {
        assertThat(catchThrowable(() -> console.kill("checkpoint of update " + update, arguments)))
                .as(() -> console.out() + console.err())
                .isInstanceOf(TrainerConsole.Killed.class);
    }

    private String[] arguments(Training training, String out, String... more) {
        List<String> options =
                new ArrayList<>(training.options.subList(1, training.options.size()));
        options.addAll(List.of(more));
        return arguments(training.options.getFirst(), out, options.toArray(String[]::new));
    }

    private String[] arguments(String command, String out, String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.add(command);
        arguments.add("--init=" + folder.resolve("policy"));
        arguments.add("--data=" + folder.resolve("data.jsonl"));
        arguments.add("--out=" + folder.resolve(out));
        arguments.add("--threads=1");
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static String[] with(String option, String... options) {
        return Stream.concat(Stream.of(options), Stream.of(option)).toArray(String[]::new);
    }

    private static Process begin(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Trainer.class.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /// The line that begins so; whoever dies before has said why.
    private static String read(Process process, String line) throws IOException {
        StringBuilder said = new StringBuilder();
        BufferedReader reader = process.inputReader();
        for (String read = reader.readLine(); read != null; read = reader.readLine()) {
            if (read.startsWith(line)) {
                return read;
            }
            said.append(read).append('\n');
        }
        throw new AssertionError("no line '%s' in:%n%s".formatted(line, said));
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve(".broken.part/checkpoints"))) {
            return all.filter(each -> each.getFileName().toString().startsWith("checkpoint-"))
                    .sorted()
                    .toList();
        }
    }

    /// Cuts the optimizer's file in half.
    private static void tear(Path checkpoint) throws IOException {
        Path file = checkpoint.resolve("optimizer.safetensors");
        try (RandomAccessFile torn = new RandomAccessFile(file.toFile(), "rw")) {
            torn.setLength(torn.length() / 2);
        }
    }

    /// All files but `run.args`, which names the folder: tables whole, so that a difference shows
    /// where it began, others by their digests.
    private SortedMap<String, String> content(String name) throws IOException {
        Path root = folder.resolve(name);
        SortedMap<String, String> content = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                content.put(
                        root.relativize(file).toString(),
                        file.toString().endsWith(".csv")
                                ? Files.readString(file)
                                : FileDigest.of(file).sha256());
            }
        }
        content.remove("run.args");
        return content;
    }
}
