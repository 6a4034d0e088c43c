package io.thumbwheel.trainer.data;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `random-policy`: a Hugging Face folder of a given shape with random weights and letters as
/// vocabulary. It has nothing to say and is as fast as any other of its shape: for benchmarks. The
/// defaults are the shape of SmolLM2-135M (https://huggingface.co/HuggingFaceTB/SmolLM2-135M).
@Command(
        name = "random-policy",
        description = "Writes a policy of a given shape with random weights, to measure speed on.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class RandomPolicyCommand implements Callable<Integer> {
    private static final int BYTES = 256;
    private static final int LETTERS = 26;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "Folder to write to.")
    private Path to = Path.of(".");

    @Option(names = "--hidden", description = "Width of the residual stream.")
    private int hidden = 576;

    @Option(names = "--layers", description = "Decoder blocks.")
    private int layers = 30;

    @Option(names = "--heads", description = "Query heads; they divide --hidden.")
    private int heads = 9;

    @Option(names = "--kv-heads", description = "Key and value heads; they divide --heads.")
    private int keyValueHeads = 3;

    @Option(names = "--ffn", description = "Width of the feed-forward layer.")
    private int ffn = 1536;

    @Option(names = "--vocab", description = "Token ids, 264 to 457,000.")
    private int vocab = 49_152;

    @Option(names = "--context", description = "Longest sequence.")
    private int context = 2048;

    @Option(names = "--seed", description = "Of the weights.")
    private long seed = 1;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (TokenizerFiles.merges(vocab) < 0 || vocab > 457_000 || hidden % heads != 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--vocab must be 264 to 457,000 and --hidden a multiple of --heads; got %d, %d and %d"
                            .formatted(vocab, hidden, heads));
        }
        ModelConfig config;
        try {
            config =
                    ModelConfig.llama(
                            vocab,
                            hidden,
                            layers,
                            heads,
                            keyValueHeads,
                            hidden / heads,
                            ffn,
                            context,
                            1e-5,
                            10_000,
                            true,
                            1,
                            2,
                            0);
        } catch (UnsupportedModelException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
        }
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama policy = Llama.random(manager, config, seed)) {
            policy.save(to);
        }
        TokenizerFiles.write(words(TokenizerFiles.merges(vocab)), context, to);
        Files.write(
                to.resolve("generation_config.json"),
                new ObjectMapper()
                        .writeValueAsBytes(
                                Map.of("bos_token_id", 1, "eos_token_id", 2, "pad_token_id", 0)));
        spec.commandLine().getOut().printf("random weights of %s in %s%n", config, to);
        return 0;
    }

    /// Merges that make every word of two letters, then those of three, and so on, up to `count`.
    static List<PairTraining.Pair> words(int count) {
        List<PairTraining.Pair> merges = new ArrayList<>(count);
        for (int word = 0; word < count; word++) {
            int left =
                    word < LETTERS * LETTERS
                            ? 'a' + word / LETTERS
                            : BYTES + (word - LETTERS * LETTERS) / LETTERS;
            merges.add(new PairTraining.Pair(left, 'a' + word % LETTERS));
        }
        return merges;
    }
}
