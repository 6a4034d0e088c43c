package io.thumbwheel.trainer.pretraining;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.checkpoint.Checkpoints;
import io.thumbwheel.trainer.cli.EngineOptions;
import io.thumbwheel.trainer.cli.OptionsFile;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.MemoryPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/// `trainer pretrain`: a decoder from a stream of documents.
@Command(
        name = "pretrain",
        description = "Trains a decoder from JSON lines of texts and conversations.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class Pretrain implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", required = true, description = "Training stream, JSON lines.")
    private Path data = Path.of("train.jsonl");

    @Option(names = "--tokenizer", required = true, description = "Folder of tokenizer.json.")
    private Path tokenizer = Path.of("tokenizer");

    @Option(names = "--out", required = true, description = "Output: checkpoints and curves.")
    private Path folder = Path.of("pretrained");

    @Option(names = "--heldout", description = "NAME=FILE to measure at each checkpoint; repeats.")
    private Map<String, Path> heldOut = new LinkedHashMap<>();

    @Option(names = "--tokens", description = "Budget: the schedule ends after so many.")
    private long tokens = 15_000_000;

    @Option(
            names = "--resume",
            description =
                    "Continue from the latest checkpoint of --out. With --tokens: to another end, from the"
                            + " present learning rate, or by --learning-rate to a new peak.")
    private boolean resume;

    @Option(names = "--stop-after", description = "Stop after so many steps, to go on later.")
    private long stopAfter = Long.MAX_VALUE;

    @Option(names = "--hidden", description = "Width of the residual stream.")
    private int hidden = 192;

    @Option(names = "--layers", description = "Decoder blocks.")
    private int layers = 6;

    @Option(names = "--heads", description = "Query heads.")
    private int heads = 6;

    @Option(names = "--kv-heads", description = "Key and value heads.")
    private int keyValueHeads = 2;

    @Option(names = "--ffn", description = "Width of the feed-forward layers.")
    private int ffn = 512;

    @Option(names = "--context", description = "Positions in a row.")
    private int context = 256;

    @Option(names = "--batch", description = "Rows of a step.")
    private int batch = 8;

    @Option(names = "--learning-rate", description = "Peak of the schedule.")
    private double learningRate = 2e-3;

    @Option(
            names = "--weight-decay",
            description = "Per unit of learning rate; more where the text is read many times.")
    private double weightDecay = AdamW.Settings.PRETRAINING.weightDecay();

    @Option(
            names = "--dropout",
            description = "Probability; keeps text that is read many times from being memorised.")
    private double dropout = 0;

    @Option(names = "--fp32", description = "No bfloat16.")
    private boolean fp32;

    @Option(names = "--seed", description = "Of the fresh weights.")
    private long seed = 1;

    @Option(names = "--checkpoint-minutes", description = "Minutes between checkpoints.")
    private double checkpointMinutes = 4;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() throws IOException {
        if (!(dropout >= 0 && dropout < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--dropout must be in [0, 1), got " + dropout);
        }
        if (!(weightDecay >= 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--weight-decay cannot be negative, got " + weightDecay);
        }
        ComputeDevice device = engine.begin();
        PrintWriter out = spec.commandLine().getOut();
        Vocabulary vocabulary = Vocabulary.read(tokenizer);
        Optional<Path> checkpoint = new Checkpoints(folder).newest(out::println);
        if (checkpoint.isPresent() && !resume) {
            throw new ParameterException(
                    spec.commandLine(),
                    folder + " holds a run already: --resume it or name another --out");
        }
        Files.createDirectories(folder);
        OptionsFile.write(spec, folder);
        try {
            long positions = (long) batch * context;
            ModelConfig config = config(vocabulary);
            out.println(MemoryPlan.of(config, 1, 0, batch, context, positions).line(device));
        } catch (IllegalArgumentException tooLarge) {
            throw new ParameterException(
                    spec.commandLine(), String.valueOf(tooLarge.getMessage()), tooLarge);
        }
        List<int[]> rows = pack(vocabulary, out);
        List<HeldOut> measured = new ArrayList<>();
        for (Map.Entry<String, Path> item : heldOut.entrySet()) {
            measured.add(HeldOut.read(item.getKey(), item.getValue(), vocabulary, context));
        }
        try (NDManager manager = device.open();
                Llama model =
                        checkpoint.isPresent()
                                ? Llama.load(manager, checkpoint.get())
                                : Llama.random(manager, config(vocabulary), seed)) {
            PretrainingRun run =
                    new PretrainingRun(
                            manager,
                            model,
                            vocabulary,
                            rows,
                            measured,
                            new PretrainingRun.Settings(
                                    folder,
                                    batch,
                                    weightDecay,
                                    dropout,
                                    !fp32,
                                    Duration.ofSeconds(Math.round(checkpointMinutes * 60)),
                                    stopAfter),
                            begin(checkpoint),
                            out);
            if (checkpoint.isPresent()) {
                run.restore(checkpoint.get());
            }
            out.printf("%,d parameters%n", model.config().parameters());
            run.run();
        }
        return 0;
    }

    private PretrainingRun.State begin(Optional<Path> checkpoint) throws IOException {
        if (checkpoint.isEmpty()) {
            LearningRatePlan plan = LearningRatePlan.whole(tokens, learningRate);
            return new PretrainingRun.State(0, 0, 0, plan);
        }
        PretrainingRun.State saved = PretrainingRun.stateOf(checkpoint.get());
        var given = spec.commandLine().getParseResult();
        if (!given.hasMatchedOption("--tokens") || tokens == saved.plan().end()) {
            return saved;
        }
        LearningRatePlan plan =
                given.hasMatchedOption("--learning-rate")
                        ? saved.plan().risingAgain(tokens, saved.tokens(), learningRate)
                        : saved.plan().endingAt(tokens, saved.tokens());
        return new PretrainingRun.State(saved.step(), saved.tokens(), saved.row(), plan);
    }

    private List<int[]> pack(Vocabulary vocabulary, PrintWriter out) throws IOException {
        out.printf("reading %s%n", data);
        out.flush();
        PackedRows packed = new PackedRows(context + 1, vocabulary.padId());
        long[] ids = {0};
        new Documents(vocabulary, false)
                .forEach(
                        data,
                        document -> {
                            packed.add(document.ids());
                            ids[0] += document.ids().length;
                        });
        List<int[]> rows = packed.rows();
        out.printf(
                "%,d ids in %,d rows, %.1f%% padding%n",
                ids[0], rows.size(), 100 - 100.0 * ids[0] / ((context + 1.0) * rows.size()));
        out.flush();
        return rows;
    }

    private ModelConfig config(Vocabulary vocabulary) {
        return ModelConfig.llama(
                vocabulary.template().tokenizer().vocabSize(),
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
                vocabulary.bosId(),
                vocabulary.template().eos(),
                vocabulary.padId());
    }
}
