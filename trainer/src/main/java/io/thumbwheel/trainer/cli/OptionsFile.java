package io.thumbwheel.trainer.cli;

import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The options of a command in a file, one a line: what a run leaves beside its result, and what
/// `--config FILE` gives again. Options on the command line win over the file's; those that repeat
/// add to them. Lines that begin with # are passed over.
public final class OptionsFile {
    /// Name in a result's folder.
    public static final String NAME = "run.args";

    private static final String CONFIG = "--config";

    /// They say how to begin, not what to do.
    private static final Set<String> NOT_KEPT = Set.of("--resume");

    private OptionsFile() {}

    /// The arguments with each `--config FILE` as picocli's `@FILE`, before all other options.
    public static String[] expanded(CommandSpec root, String... arguments) {
        List<String> files = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith(CONFIG + "=")) {
                files.add(file(root, arguments[i].substring(CONFIG.length() + 1)));
            } else if (arguments[i].equals(CONFIG)) {
                i++;
                files.add(file(root, i < arguments.length ? arguments[i] : ""));
            } else {
                others.add(arguments[i]);
            }
        }
        // The command comes first, the file's options next.
        others.addAll(Math.min(1, others.size()), files);
        return others.toArray(String[]::new);
    }

    private static String file(CommandSpec root, String name) {
        if (!Files.isRegularFile(Path.of(name))) {
            throw new ParameterException(
                    root.commandLine(),
                    "--config needs a file as a run leaves it (%s); there is none at '%s'"
                            .formatted(NAME, name));
        }
        return "@" + name;
    }

    /// Writes the options in force.
    public static void write(CommandSpec command, Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# ./thumbwheel %s %s %s".formatted(command.qualifiedName(), CONFIG, NAME));
        lines.addAll(lines(command));
        AtomicFile.write(
                folder.resolve(NAME),
                (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// The options in force, a line each.
    static List<String> lines(CommandSpec command) {
        List<String> lines = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            String name = option.longestName();
            if (!option.usageHelp() && !option.versionHelp() && !NOT_KEPT.contains(name)) {
                add(name, option.getValue(), lines);
            }
        }
        return lines;
    }

    private static void add(String name, Object value, List<String> lines) {
        switch (value) {
            case null -> {}
            case Boolean set -> {
                if (set) {
                    lines.add(name);
                }
            }
            case Collection<?> values -> values.forEach(each -> lines.add(name + "=" + each));
            case Map<?, ?> values -> values.forEach((k, v) -> lines.add(name + "=" + k + "=" + v));
            default -> lines.add(name + "=" + value);
        }
    }
}
