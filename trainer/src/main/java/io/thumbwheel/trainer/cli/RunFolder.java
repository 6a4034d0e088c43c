package io.thumbwheel.trainer.cli;

import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.artifact.ReleaseManifest.FileDigest;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.checkpoint.Checkpoints;
import io.thumbwheel.trainer.checkpoint.PeriodicCheckpoints;
import io.thumbwheel.trainer.store.DurableFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The folder of a training while it lasts: beside its place, with options, metrics and
/// checkpoints, renamed when the training is done. What an interrupted one leaves there is what
/// `--resume` goes on with, given the same options and the same files to read.
public final class RunFolder {
    /// Exit code of a training that was asked to stop: 128 and SIGINT.
    public static final int STOPPED = 130;

    private static final String CHECKPOINTS = "checkpoints";

    /// Options and digests of what they name, as the run began.
    private static final String BEGUN = "begun";

    /// It says where, not what.
    private static final String PLACE = "--out";

    private final CommandSpec command;
    private final Path place;
    private final Path path;
    private final boolean resumed;

    /// A training with measurements and checkpoints.
    @FunctionalInterface
    public interface Training {
        void run(MetricsTable metrics, Checkpointing checkpointing) throws IOException;
    }

    /// Changes nothing on the disk.
    ///
    /// @param place of the result
    /// @param resumed whether to go on with what an interrupted run left
    /// @throws ParameterException where the result is there already, and where there is nothing to
    ///   go on with or it was something else
    public RunFolder(CommandSpec command, Path place, boolean resumed) throws IOException {
        this.command = command;
        this.place = place;
        this.path = place.resolveSibling("." + place.getFileName() + ".part");
        this.resumed = resumed;
        if (Files.exists(place)) {
            throw wrong(
                    place
                            + (resumed
                                    ? " is finished: there is nothing to resume"
                                    : " exists already: name another --out"));
        }
        if (resumed) {
            Path begun = path.resolve(CHECKPOINTS).resolve(BEGUN);
            if (!Files.exists(begun)) {
                throw wrong(
                        "no interrupted run for --out %s, nothing to resume: begin one without --resume"
                                .formatted(place));
            }
            requireSame(byName(Files.readAllLines(begun)), byName(beginning()));
        }
    }

    /// Where the run writes.
    public Path path() {
        return path;
    }

    /// Makes the folder; what an interrupted run left is deleted if it is not resumed.
    public void begin() throws IOException {
        if (resumed) {
            return;
        }
        DurableFiles.deleteFolder(path);
        Path checkpoints = Files.createDirectories(path.resolve(CHECKPOINTS));
        OptionsFile.write(command, path);
        AtomicFile.write(
                checkpoints.resolve(BEGUN),
                (String.join("\n", beginning()) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Trains, from the newest whole checkpoint on. Ctrl-C leaves one more.
    ///
    /// @param every updates between checkpoints
    /// @return 0 where the training is done, or [#STOPPED]
    public int train(int every, Training training) throws IOException {
        PrintWriter out = command.commandLine().getOut();
        try (StopRequest stop = StopRequest.listen(out)) {
            // Its resources close before the process may end.
            return train(every, training, stop, out);
        }
    }

    private int train(int every, Training training, StopRequest stop, PrintWriter out)
            throws IOException {
        try (MetricsTable metrics = metrics()) {
            Checkpoints checkpoints = new Checkpoints(path.resolve(CHECKPOINTS));
            training.run(
                    metrics,
                    new PeriodicCheckpoints(checkpoints, every, stop::asked, metrics::write, out));
            return 0;
        } catch (CancellationException stopped) {
            out.printf(
                    "%s; ./thumbwheel %s --config %s --resume goes on%n",
                    stopped.getMessage(), command.qualifiedName(), path.resolve(OptionsFile.NAME));
            out.flush();
            return STOPPED;
        }
    }

    /// The metrics, those of the interrupted run before them.
    public MetricsTable metrics() throws IOException {
        return new MetricsTable(path.resolve(MetricsTable.NAME));
    }

    /// Moves the result to its place. The checkpoints go last: a crash in between costs nothing.
    public void finish() throws IOException {
        DurableFiles.forceFolder(path);
        DurableFiles.rename(path, place);
        DurableFiles.deleteFolder(place.resolve(CHECKPOINTS));
    }

    private List<String> beginning() throws IOException {
        List<String> lines = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            if (!option.longestName().equals(PLACE)) {
                for (Path named : paths(option.getValue())) {
                    for (Path file : files(named)) {
                        lines.add(
                                "%s=%s sha256:%s"
                                        .formatted(
                                                option.longestName(),
                                                file,
                                                FileDigest.of(file).sha256()));
                    }
                }
            }
        }
        lines.addAll(OptionsFile.lines(command));
        lines.removeIf(line -> line.startsWith(PLACE + "="));
        return lines;
    }

    private static List<Path> paths(@Nullable Object value) {
        return switch (value) {
            case Path path -> List.of(path);
            case Collection<?> several ->
                    several.stream().flatMap(each -> paths(each).stream()).toList();
            case Map<?, ?> named -> paths(named.values());
            case null, default -> List.of();
        };
    }

    /// The file, or all in the folder; nothing where there is nothing.
    private static List<Path> files(Path named) throws IOException {
        if (!Files.exists(named)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(named.toRealPath())) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Map<String, List<String>> byName(List<String> lines) {
        Map<String, List<String>> values = new TreeMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            values.computeIfAbsent(
                            equals < 0 ? line : line.substring(0, equals), _ -> new ArrayList<>())
                    .add(equals < 0 ? "set" : line.substring(equals + 1));
        }
        return values;
    }

    private void requireSame(Map<String, List<String>> before, Map<String, List<String>> now) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            List<String> was = before.getOrDefault(name, List.of());
            List<String> is = now.getOrDefault(name, List.of());
            if (!was.equals(is)) {
                throw wrong(
                        "%s was %s when the run began and is %s: --resume goes on with the same options only, --config %s gives them; without --resume the run begins anew"
                                .formatted(
                                        name,
                                        difference(was, is),
                                        difference(is, was),
                                        path.resolve(OptionsFile.NAME)));
            }
        }
    }

    /// What only the first has; all of it where they differ in their order.
    private static String difference(List<String> values, List<String> others) {
        List<String> own = values.stream().filter(one -> !others.contains(one)).toList();
        if (values.isEmpty()) {
            return "not set";
        }
        return String.join(", ", own.isEmpty() ? values : own);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
