package io.thumbwheel.feedback.cli;

import io.thumbwheel.feedback.dead.DeadLetters;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `feedback dead`: records that could not be read, and webhooks that were not taken.
@Command(
        name = "dead",
        description = "Records that could not be read, and why.",
        mixinStandardHelpOptions = true,
        subcommands = {DeadCommand.ListCommand.class, DeadCommand.ReplayCommand.class})
final class DeadCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command: list or replay");
    }

    /// `feedback dead list`.
    @Command(
            name = "list",
            description = "Lists dead letters: where, when, how large and why; not what they say.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private RunningPlatform platform = new RunningPlatform();

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            try (DeadLetters letters = new DeadLetters(platform.kafka())) {
                long count = 0;
                for (Topics topic : DeadLetters.TOPICS) {
                    for (DeadLetters.Letter letter : letters.list(topic)) {
                        out.println(letter.line());
                        count++;
                    }
                }
                out.println("%,d dead letters".formatted(count));
            }
            out.flush();
            return 0;
        }
    }

    /// `feedback dead replay`.
    @Command(
            name = "replay",
            description =
                    "Puts dead completions and feedback that can be read by now back where they came from and has dead webhooks sent again, each once; the others stay.",
            mixinStandardHelpOptions = true)
    static final class ReplayCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private RunningPlatform platform = new RunningPlatform();

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            try (DeadLetters letters = new DeadLetters(platform.kafka())) {
                DeadLetters.Replayed replayed = letters.replay();
                out.println(
                        "%,d replayed, %,d still cannot be read"
                                .formatted(replayed.replayed(), replayed.unreadable()));
            }
            out.flush();
            return 0;
        }
    }
}
