package io.thumbwheel.trainer.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `corpus`: makes the seed policy's training stream, held-out files and fine-tuning examples from
/// a folder of open text.
@Command(
        name = "corpus",
        description = "Makes the seed policy's training data from a folder of open text.",
        mixinStandardHelpOptions = true)
public final class CorpusCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--from",
            required = true,
            description =
                    "folder with tinystories-subset, synthetic-persona-chat, storybooks, fairytaleqa")
    private Path from = Path.of(".");

    @Option(names = "--to", required = true, description = "folder to write to")
    private Path to = Path.of(".");

    @Option(names = "--tokens", description = "length of the stream (default ${DEFAULT-VALUE})")
    private long streamTokens = 22_000_000;

    @Option(names = "--examples", description = "fine-tuning examples (default ${DEFAULT-VALUE})")
    private int examples = 20_000;

    @Option(names = "--seed", description = "seed of every choice (default ${DEFAULT-VALUE})")
    private long seed = 1;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(to);
        Recipe recipe = Recipe.read(from, seed);
        spec.commandLine().getOut().println(recipe.summary());
        write("heldout-tinystories.jsonl", recipe.heldOutStories());
        write("heldout-persona.jsonl", recipe.heldOutConversations(seed));
        write("heldout-tasks.jsonl", recipe.heldOutTasks(seed));
        write("sft.jsonl", recipe.fineTuning(examples, seed));
        writeStream(recipe);
        return 0;
    }

    private void write(String name, Stream<? extends Document> documents) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(to.resolve(name))) {
            for (Iterator<? extends Document> all = documents.iterator(); all.hasNext(); ) {
                out.write(line(all.next()));
                out.newLine();
            }
        }
    }

    private void writeStream(Recipe recipe) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        TrainingMix mix = recipe.stream(seed);
        long written = 0;
        try (BufferedWriter out = Files.newBufferedWriter(to.resolve("train.jsonl"))) {
            while (written < streamTokens) {
                Document document = mix.next(recipe::tokens);
                int tokens = recipe.tokens(document);
                counts.merge(document.source(), (long) tokens, Long::sum);
                written += tokens;
                out.write(line(document));
                out.newLine();
            }
        }
        counts.forEach((source, tokens) ->
                spec.commandLine().getOut().printf("%-10s %,12d tokens%n", source, tokens));
        spec.commandLine().getOut().flush();
    }

    private static String line(Document document) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        switch (document) {
            case Document.Text(var text, var _) -> line.put("text", text);
            case Document.Conversation(var messages, var _) ->
                    line.set("messages", JSON.valueToTree(messages));
        }
        return JSON.writeValueAsString(line.put("source", document.source()));
    }
}
