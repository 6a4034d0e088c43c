package io.thumbwheel.trainer.offline;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.cli.CheckpointOptions;
import io.thumbwheel.trainer.cli.EngineOptions;
import io.thumbwheel.trainer.cli.RunFolder;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.MemoryPlan;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.RewardConfig;
import io.thumbwheel.trainer.reward.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `trainer reward`: a reward model from a policy and files of comparisons.
@Command(
        name = "reward",
        description = "Trains a reward model on comparisons and says how good it is.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class RewardCommand implements Callable<Integer> {
    private static final RewardConfig STANDARD = RewardConfig.standard();
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--init", required = true, description = "Policy to begin from.")
    private Path init = Path.of("policy");

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            description =
                    "JSON lines, .gz too: HH-RLHF's chosen and rejected, TRL's prompt, chosen and rejected (and margin), or prompt, completion and label; prompt, completions and ranking or best; prompt, completion and rating.")
    private List<Path> data = List.of();

    @Option(names = "--out", required = true, description = "Folder to write; must not exist.")
    private Path folder = Path.of("reward-model");

    @Option(names = "--epochs", description = "Passes over the pairs, 1 or 2.")
    private int epochs = 1;

    @Option(names = "--batch", description = "Pairs of an update.")
    private int batch = STANDARD.batchPairs();

    @Option(names = "--learning-rate", description = "Peak of the schedule.")
    private double learningRate = STANDARD.learningRate();

    @Option(names = "--label-smoothing", description = "How likely a label is wrong, below 0.5.")
    private double labelSmoothing = STANDARD.labelSmoothing();

    @Option(names = "--weight-decay", description = "AdamW's.")
    private double weightDecay = STANDARD.weightDecay();

    @Option(
            names = "--thumb-weight",
            description = "Weight of a thumb without an opposite one on its prompt; 0 is without.")
    private double thumbWeight = 1;

    @Option(
            names = "--ensemble",
            paramLabel = "E",
            description = "Reward models to train; the score is their mean less their variance.")
    private int ensemble = STANDARD.ensemble();

    @Option(
            names = "--variance-weight",
            description = "Weight of the variance in an ensemble's score.")
    private double varianceWeight = STANDARD.varianceWeight();

    @Option(
            names = "--length-free",
            description = "Take off the score what an answer's length says of it.")
    private boolean lengthFree = STANDARD.lengthFree();

    @Option(
            names = "--no-surface",
            description =
                    "Let only the network speak: no weights of words, repetition, ending and length.")
    private boolean noSurface = !STANDARD.surface();

    @Option(names = "--seed", description = "Of the order of the pairs and of the resampling.")
    private long seed = 1;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--freeze-layers",
            description =
                    "Lower layers that do not learn, with the embedding: up to half of them; 0: all learn.")
    private int freezeLayers = 0;

    @Option(
            names = "--folds",
            paramLabel = "K",
            description =
                    "Cross-validate by first prompt instead of keeping a tenth to judge on; the folder then holds the first fold's model. 0 means not to.")
    private int folds = 0;

    @Mixin private CheckpointOptions checkpoints = new CheckpointOptions();

    private record Sizes(int training, int validation, int test) {}

    @Override
    public Integer call() throws IOException {
        RewardConfig config = validated();
        ComputeDevice device = engine.begin();
        RunFolder run = new RunFolder(spec, folder, checkpoints.resume());
        PrintWriter out = spec.commandLine().getOut();
        DataReport report = new DataReport();
        Vocabulary vocabulary;
        List<Split> splits;
        try {
            vocabulary = Vocabulary.read(init);
            splits = splits(vocabulary, report, device);
        } catch (UnsupportedModelException
                | UnsupportedTokenizerException
                | IllegalArgumentException
                | IOException refused) {
            out.flush();
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
        run.begin();
        write(run.path().resolve("run.json"), settings(report, splits));
        List<Judged> judged = new ArrayList<>();
        int code =
                run.train(
                        checkpoints.every(),
                        (metrics, checkpointing) ->
                                judged.addAll(
                                        train(
                                                device,
                                                config,
                                                splits,
                                                run.path(),
                                                new Progress(out, metrics),
                                                checkpointing)));
        if (code != 0) {
            return code;
        }
        RewardEvaluation evaluation = RewardEvaluation.of(judged, seed);
        write(run.path().resolve("evaluation.json"), evaluation);
        vocabulary.copyTo(run.path());
        run.finish();
        evaluation.lines().forEach(out::println);
        out.printf("wrote %s%n", folder);
        out.flush();
        return 0;
    }

    /// Reads the data and says what became of it.
    private List<Split> splits(Vocabulary vocabulary, DataReport report, ComputeDevice device)
            throws IOException {
        ModelConfig model = ModelConfig.read(init);
        vocabulary.requireFits(model);
        PairEncoder encoder = new PairEncoder(vocabulary.template(), model.context(), report);
        List<Labelled> opinions = new LabelledFiles(encoder, report).read(data);
        if (thumbWeight == 0) {
            opinions.removeIf(one -> one.opinion() instanceof Opinion.Thumb);
        }
        PrintWriter out = spec.commandLine().getOut();
        report.lines().forEach(out::println);
        out.flush();
        report.requireUse();
        // One member learns; the body, the best weights so far and all members rest.
        out.println(
                MemoryPlan.of(model, freezeLayers, 1, 2 + ensemble, 2L * batch, model.context(), 0)
                        .line(device));
        out.flush();
        return folds == 0 ? List.of(Split.tenths(opinions)) : Split.folds(opinions, folds);
    }

    private RewardConfig validated() {
        if (folds < 0 || folds == 1) {
            throw new ParameterException(
                    spec.commandLine(), "--folds is 0 or at least 2, got " + folds);
        }
        try {
            return new RewardConfig(
                    learningRate,
                    epochs,
                    batch,
                    weightDecay,
                    labelSmoothing,
                    STANDARD.evaluationsPerEpoch(),
                    STANDARD.clipNorm(),
                    STANDARD.spreadFloor(),
                    STANDARD.requiredAccuracy(),
                    thumbWeight,
                    ensemble,
                    varianceWeight,
                    freezeLayers,
                    lengthFree,
                    !noSurface);
        } catch (IllegalArgumentException nonsense) {
            throw new ParameterException(
                    spec.commandLine(), String.valueOf(nonsense.getMessage()), nonsense);
        }
    }

    private List<Judged> train(
            ComputeDevice device,
            RewardConfig config,
            List<Split> splits,
            Path aside,
            Progress progress,
            Checkpointing checkpointing)
            throws IOException {
        try (NDManager manager = device.open();
                Llama body = Llama.load(manager, init)) {
            Words words = Words.of(init);
            return new RewardRun(manager, config, words, seed, progress, checkpointing)
                    .run(body, splits, aside);
        }
    }

    /// What this run does, as it came about.
    private Map<String, Object> settings(DataReport report, List<Split> splits) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("command", "reward");
        settings.put("init", init.toString());
        settings.put("data", DataFile.of(data));
        settings.put("rows_used", report.used());
        settings.put("problems", report.counts());
        settings.put("epochs", epochs);
        settings.put("batch", batch);
        settings.put("learning_rate", learningRate);
        settings.put("label_smoothing", labelSmoothing);
        settings.put("weight_decay", weightDecay);
        settings.put("thumb_weight", thumbWeight);
        settings.put("ensemble", ensemble);
        settings.put("variance_weight", varianceWeight);
        settings.put("freeze_layers", freezeLayers);
        settings.put("length_free", lengthFree);
        settings.put("surface", !noSurface);
        settings.put("seed", seed);
        settings.put("threads", engine.threads());
        settings.put("folds", folds);
        settings.put(
                "splits",
                splits.stream()
                        .map(split ->
                                new Sizes(
                                        split.training().size(),
                                        split.validation().size(),
                                        split.test().size()))
                        .toList());
        return settings;
    }

    private static void write(Path file, Object content) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(content));
    }
}
