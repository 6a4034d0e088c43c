package io.thumbwheel.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `tokenizer`: trains a byte-level BPE tokenizer on a corpus and writes it in Hugging Face's form.
@Command(
        name = "tokenizer",
        description = "Trains a byte-level BPE tokenizer on a corpus.",
        mixinStandardHelpOptions = true)
public final class TokenizerCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(description = "documents, one JSON object a line, as `corpus` writes them")
    private Path corpus = Path.of("train.jsonl");

    @Option(names = "--to", required = true, description = "folder to write to")
    private Path to = Path.of(".");

    @Option(names = "--vocab", description = "size of the vocabulary (default ${DEFAULT-VALUE})")
    private int vocabulary = 4_096;

    @Option(names = "--context", description = "the model's context (default ${DEFAULT-VALUE})")
    private int context = 256;

    @Option(
            names = "--characters",
            description = "how much of the corpus to read (default ${DEFAULT-VALUE})")
    private long characters = 20_000_000;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (TokenizerFiles.merges(vocabulary) < 0) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(),
                    "--vocab must be at least 264 (256 bytes and 8 special tokens), got "
                            + vocabulary);
        }
        var training = new PairTraining();
        long read = 0;
        try (BufferedReader lines = Files.newBufferedReader(corpus)) {
            for (String line = lines.readLine();
                    line != null && read < characters;
                    line = lines.readLine()) {
                JsonNode document = JSON.readTree(line);
                read += add(training, document.path("text").asText(""));
                for (JsonNode message : document.path("messages")) {
                    read += add(training, message.path("content").asText(""));
                }
            }
        }
        TokenizerFiles.write(training.train(TokenizerFiles.merges(vocabulary)), context, to);
        spec.commandLine().getOut().printf("%,d characters read, tokenizer in %s%n", read, to);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static int add(PairTraining training, String text) {
        training.add(text);
        return text.length();
    }
}
