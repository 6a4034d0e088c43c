package io.thumbwheel.trainer.sft;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.cli.CheckpointOptions;
import io.thumbwheel.trainer.cli.EngineOptions;
import io.thumbwheel.trainer.cli.MetricsTable;
import io.thumbwheel.trainer.cli.RunFolder;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Lora;
import io.thumbwheel.trainer.model.MemoryPlan;
import io.thumbwheel.trainer.model.Optimizer;
import io.thumbwheel.trainer.pretraining.Document;
import io.thumbwheel.trainer.pretraining.HeldOut;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Option(names = "--lora-rank", description = "Learn changes of this rank only; 0: all weights.")
    private int loraRank = 0;

    @Option(names = "--lora-alpha", description = "Scale of the change, over the rank.")
    private double loraAlpha = 16;

    @Option(
            names = "--freeze-layers",
            description =
                    "Lower layers that do not learn, with the embedding: up to half of them; 0: all learn.")
    private int freezeLayers = 0;

    @Option(names = "--fp32", description = "No bfloat16.")
    private boolean fp32;

    @Option(names = "--seed", description = "Of the order of the examples.")
    private long seed = 1;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Mixin private CheckpointOptions checkpoints = new CheckpointOptions();

    @Override
    public Integer call() throws IOException {
        if (loraRank > 0 && freezeLayers > 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--lora-rank changes all layers: leave --freeze-layers out");
        }
        RunFolder run = new RunFolder(spec, folder, checkpoints.resume());
        PrintWriter out = spec.commandLine().getOut();
        ComputeDevice device = engine.begin();
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
            // The weights that it began from rest beside those that learn.
            long positions = (long) batch * config.context();
            out.println(
                    MemoryPlan.of(config, freezeLayers, 1, 1, batch, config.context(), positions)
                            .line(device));
        } catch (UnsupportedModelException
                | UnsupportedTokenizerException
                | IllegalArgumentException
                | IOException refused) {
            out.flush();
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
        out.printf("%,d conversations%n", examples.size());
        run.begin();
        int code =
                run.train(
                        checkpoints.every(),
                        (metrics, checkpointing) ->
                                train(
                                        device,
                                        vocabulary,
                                        examples,
                                        run.path(),
                                        new Report(out, metrics),
                                        checkpointing));
        if (code == 0) {
            run.finish();
            out.printf("wrote %s%n", folder);
            out.flush();
        }
        return code;
    }

    private void train(
            ComputeDevice device,
            Vocabulary vocabulary,
            List<Document> examples,
            Path aside,
            Report report,
            Checkpointing checkpointing)
            throws IOException {
        var settings = new FineTuning.Settings(steps, batch, learningRate, !fp32, seed);
        Optional<Lora.Settings> lora =
                loraRank == 0
                        ? Optional.empty()
                        : Optional.of(new Lora.Settings(loraRank, loraAlpha, seed));
        try (NDManager manager = device.open();
                Llama base = Llama.load(manager, init);
                Llama model = frozen(base.copy(manager));
                Optimizer optimizer = Optimizer.of(model, base, lora, AdamW.Settings.PRETRAINING)) {
            double loss =
                    new FineTuning(model, settings)
                            .run(manager, optimizer, examples, report, checkpointing);
            report.out.printf("answers: %.4f nats/token over the last steps%n", loss);
            for (Map.Entry<String, Path> item : heldOut.entrySet()) {
                HeldOut text =
                        HeldOut.read(
                                item.getKey(),
                                item.getValue(),
                                vocabulary,
                                model.config().context());
                HeldOut.Loss measured = text.measure(manager, model, !fp32);
                report.out.printf(
                        "%s: %.4f nats/token, %.4f bits/byte%n",
                        item.getKey(), measured.natsPerToken(), measured.bitsPerByte());
            }
            model.save(aside);
            if (optimizer instanceof Lora adapter) {
                adapter.saveAdapter(aside.resolve("adapter"), init.toString());
            }
            vocabulary.copyTo(aside);
        }
    }

    private Llama frozen(Llama model) {
        model.freeze(freezeLayers);
        return model;
    }

    /// Keeps all metrics and says now and then how it gets on.
    private final class Report implements FineTuning.Listener {
        private final PrintWriter out;
        private final MetricsTable table;
        private final long begun = System.nanoTime();
        private int first;

        Report(PrintWriter out, MetricsTable table) {
            this.out = out;
            this.table = table;
        }

        @Override
        public void step(int step, Map<String, Double> metrics) {
            table.add("sft", step, metrics);
            first = first == 0 ? step : first;
            if (step % 25 == 0) {
                double perStep = (System.nanoTime() - begun) / 1e9 / (step - first + 1);
                out.printf(
                        "step %d of %d  loss %.3f  %.2f s a step  %.0f s left%n",
                        step, steps, metrics.get("loss"), perStep, perStep * (steps - step));
                out.flush();
            }
        }
    }
}
