package io.thumbwheel.trainer.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `prompts`: writes prompts in the seed policy's domain that copy no text, for the demo.
@Command(
        name = "prompts",
        description = "Writes demo prompts that copy no text.",
        mixinStandardHelpOptions = true)
public final class PromptsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--to", required = true, description = "file to write, one JSON object a line")
    private Path to = Path.of("demo-prompts.jsonl");

    @Option(names = "--count", description = "how many (default ${DEFAULT-VALUE})")
    private int count = 2_000;

    @Option(names = "--seed", description = "seed of every choice (default ${DEFAULT-VALUE})")
    private long seed = 1;

    @Override
    public Integer call() throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(to)) {
            for (PromptGrammar.Prompt prompt :
                    new PromptGrammar(new SplittableRandom(seed)).prompts(count)) {
                ObjectNode line = JSON.createObjectNode();
                line.putArray("messages")
                        .addObject()
                        .put("role", "user")
                        .put("content", prompt.text());
                line.put("task", prompt.task());
                if (!prompt.topic().isEmpty()) {
                    line.put("topic", prompt.topic());
                }
                out.write(JSON.writeValueAsString(line));
                out.newLine();
            }
        }
        return 0;
    }
}
