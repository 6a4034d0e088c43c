package io.thumbwheel.trainer.sft;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Threads;
import io.thumbwheel.trainer.pretraining.Document;
import io.thumbwheel.trainer.pretraining.HeldOut;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `trainer sft`: a chat policy from a pretrained decoder.
@Command(
        name = "sft",
        description = "Fine-tunes a decoder on the assistant's answers of conversations.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class Sft implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--init", required = true, description = "Hugging Face folder to begin from.")
    private Path init = Path.of("pretrained");

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            description =
                    "Conversations: JSON lines (messages, prompt and completion, comparisons of which the chosen answer counts) or text with dialogues (.txt); .gz too.")
    private List<Path> data = List.of();

    @Option(names = "--out", required = true, description = "Hugging Face folder to write.")
    private Path folder = Path.of("policy");

    @Option(names = "--heldout", description = "NAME=FILE to measure at the end; repeats.")
    private Map<String, Path> heldOut = new LinkedHashMap<>();

    @Option(names = "--steps", description = "Optimizer steps.")
    private int steps = 300;

    @Option(names = "--batch", description = "Conversations of a step.")
    private int batch = 24;

    @Option(names = "--learning-rate", description = "Peak of the schedule.")
    private double learningRate = 3e-4;

    @Option(names = "--fp32", description = "No bfloat16.")
    private boolean fp32;

    @Option(names = "--seed", description = "Of the order of the examples.")
    private long seed = 1;

    @Option(names = "--threads", description = "Of the engine; 0 means one per core.")
    private int threads = 0;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(folder)) {
            throw new ParameterException(
                    spec.commandLine(), folder + " exists already: name another --out");
        }
        PrintWriter out = spec.commandLine().getOut();
        Threads.use(threads);
        Vocabulary vocabulary;
        List<Document> examples;
        try {
            vocabulary = Vocabulary.read(init);
            ModelConfig config = ModelConfig.read(init);
            vocabulary.requireFits(config);
            DataReport report = new DataReport();
            examples = new Demonstrations(vocabulary, config.context(), report).read(data);
            report.lines().forEach(out::println);
            report.requireUse();
        } catch (UnsupportedModelException | UnsupportedTokenizerException | IOException refused) {
            out.flush();
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
        out.printf("%,d conversations%n", examples.size());
        var settings = new FineTuning.Settings(steps, batch, learningRate, !fp32, seed);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama model = Llama.load(manager, init)) {
            double loss =
                    new FineTuning(model, settings)
                            .run(manager, examples, (step, now) -> report(out, step, now));
            out.printf("answers: %.4f nats/token over the last steps%n", loss);
            for (Map.Entry<String, Path> item : heldOut.entrySet()) {
                HeldOut text =
                        HeldOut.read(
                                item.getKey(),
                                item.getValue(),
                                vocabulary,
                                model.config().context());
                HeldOut.Loss measured = text.measure(manager, model, !fp32);
                out.printf(
                        "%s: %.4f nats/token, %.4f bits/byte%n",
                        item.getKey(), measured.natsPerToken(), measured.bitsPerByte());
            }
            save(model, vocabulary);
        }
        out.printf("wrote %s%n", folder);
        out.flush();
        return 0;
    }

    private void report(PrintWriter out, int step, float loss) {
        if (step % 25 == 0) {
            out.printf("step %d of %d  loss %.3f%n", step, steps, loss);
            out.flush();
        }
    }

    private void save(Llama model, Vocabulary vocabulary) throws IOException {
        Path aside = folder.resolveSibling(folder.getFileName() + ".part");
        model.save(aside);
        vocabulary.copyTo(aside);
        Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
    }
}
