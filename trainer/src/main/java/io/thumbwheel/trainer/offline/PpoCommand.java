package io.thumbwheel.trainer.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.cli.EngineOptions;
import io.thumbwheel.trainer.cli.MetricsTable;
import io.thumbwheel.trainer.cli.RunFolder;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.PromptFiles;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Lora;
import io.thumbwheel.trainer.model.MemoryPlan;
import io.thumbwheel.trainer.ppo.PolicyOptimization;
import io.thumbwheel.trainer.ppo.PpoConfig;
import io.thumbwheel.trainer.ppo.SampledPair;
import io.thumbwheel.trainer.preference.PreferenceConfig;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.store.DurableFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `trainer ppo`: a better policy from a policy and what people prefer, by PPO or by one of the
/// methods that it is compared with.
@Command(
        name = "ppo",
        description = {
            "Optimises a policy.",
            "PPO, RLOO and GRPO roll out on --prompts against --reward; DPO, KTO and SFT learn from --data."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class PpoCommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--method", description = "${COMPLETION-CANDIDATES}")
    private Method method = Method.PPO;

    @Option(names = "--init", required = true, description = "Policy to begin from.")
    private Path init = Path.of("policy");

    @Option(
            names = "--reference",
            description =
                    "Policy to stay near, of the same shape; without it, the one to begin from. SFT has none.")
    private @Nullable Path reference;

    @Option(names = "--out", required = true, description = "Folder to write; must not exist.")
    private Path folder = Path.of("better");

    @Option(names = "--reward", description = "Reward model, as `reward` writes it.")
    private @Nullable Path reward;

    @Option(
            names = "--prompts",
            arity = "1..*",
            description = "Rows of any format; their questions count.")
    private List<Path> prompts = List.of();

    @Option(
            names = "--data",
            arity = "1..*",
            description = "Comparisons or thumbs, as `reward` reads them.")
    private List<Path> data = List.of();

    @Option(names = "--kl-target", description = "Nats per answer at the end.")
    private double klTarget = 3;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "Any setting that run.json shows, e.g. steps=40, group=8, limits.maxKl=8; repeats.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--lora-rank",
            description = "Learn changes of this rank only (DPO, KTO, SFT); 0: all weights.")
    private int loraRank = 0;

    @Option(names = "--lora-alpha", description = "Scale of the change, over the rank.")
    private double loraAlpha = 16;

    @Option(
            names = "--freeze-layers",
            description =
                    "Lower layers that do not learn, with the embedding: up to half of them; 0: all learn.")
    private int freezeLayers = 0;

    @Option(names = "--seed", description = "Of everything drawn by chance.")
    private long seed = 1;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--resume",
            description =
                    "Go on with what an interrupted run left for --out, from its newest checkpoint (--set checkpointEvery=N); with the same options. The result is the same, bit for bit.")
    private boolean resume;

    @Override
    public Integer call() throws IOException {
        ComputeDevice device = engine.begin();
        RunFolder run = new RunFolder(spec, folder, resume);
        PrintWriter out = spec.commandLine().getOut();
        run.begin();
        int code;
        try {
            Vocabulary vocabulary = Vocabulary.read(init);
            ModelConfig model = ModelConfig.read(init);
            vocabulary.requireFits(model);
            requireReferenceFits(vocabulary, model);
            code =
                    method.online()
                            ? online(vocabulary, model, run, device)
                            : offline(vocabulary, model, run, device);
            vocabulary.copyTo(run.path());
        } catch (UnsupportedModelException
                | UnsupportedTokenizerException
                | IllegalArgumentException refused) {
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
        if (code != RunFolder.STOPPED) {
            run.finish();
            out.printf("wrote %s%n", folder);
            out.flush();
        }
        return code;
    }

    private void requireReferenceFits(Vocabulary vocabulary, ModelConfig model) throws IOException {
        if (reference == null) {
            return;
        }
        if (method == Method.SFT) {
            throw wrong("SFT has no --reference: it imitates what was chosen");
        }
        vocabulary.requireSame(reference);
        if (!ModelConfig.read(reference).equals(model)) {
            throw new UnsupportedModelException(
                    "config.json of --init %s and of --reference %s differ: the policy to stay near must have the shape of the one that begins"
                            .formatted(init, reference));
        }
    }

    private Path reference() {
        return reference == null ? init : reference;
    }

    private int online(
            Vocabulary vocabulary, ModelConfig model, RunFolder run, ComputeDevice device)
            throws IOException {
        Path aside = run.path();
        if (reward == null || prompts.isEmpty()) {
            throw wrong(method + " needs --reward and --prompts");
        }
        if (loraRank > 0) {
            throw wrong("--lora-rank is for DPO, KTO and SFT");
        }
        vocabulary.requireSame(reward);
        settings.put("estimator", method.estimator().name());
        settings.putIfAbsent("frozenLayers", String.valueOf(freezeLayers));
        PpoConfig config = changed(PpoConfig.standard(), PpoConfig.class);
        DataReport report = new DataReport();
        PromptFiles.Questions questions =
                new PromptFiles(
                                vocabulary.template(),
                                model.context() - config.maxResponseTokens(),
                                report)
                        .read(prompts);
        say(report);
        if (!questions.known().isEmpty()) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%,d of %,d prompts have known answers, which are graded: shaping.truthWeight %s%n",
                            questions.known().size(),
                            questions.prompts().size(),
                            config.shaping().truthWeight());
        }
        writeRun(aside, config, prompts);
        // Policy and value model learn; reference, reward model, last good and average policy rest,
        // and the policy that samples: what ONNX Runtime is given, and what it packs of it.
        int sampling = device.gpu().isPresent() ? 0 : 2;
        plan(
                MemoryPlan.of(
                        model,
                        config.frozenLayers(),
                        config.estimator().critic() ? 2 : 1,
                        (config.averaging() > 0 ? 4 : 3) + sampling,
                        config.microbatch(),
                        model.context(),
                        (long) config.microbatch() * config.maxResponseTokens()),
                device);
        String why;
        try (MetricsTable metrics = run.metrics()) {
            why =
                    PolicyOptimization.run(
                            device,
                            new PolicyOptimization.Task(
                                    init,
                                    reference(),
                                    reward,
                                    questions.prompts(),
                                    new KnownAnswers(
                                            questions.known(),
                                            vocabulary.template().tokenizer()::decode),
                                    klTarget,
                                    seed),
                            config,
                            aside.resolve("work"),
                            new Progress(spec.commandLine().getOut(), metrics));
        }
        Path policy = aside.resolve("work").resolve("policy");
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.move(policy.resolve(file), aside.resolve(file));
        }
        Files.move(
                aside.resolve("work").resolve(SampledPair.FILE), aside.resolve(SampledPair.FILE));
        DurableFiles.deleteFolder(aside.resolve("work"));
        if (!why.isEmpty()) {
            spec.commandLine().getOut().println("stopped early: " + why);
        }
        return why.isEmpty() ? 0 : 3;
    }

    private int offline(
            Vocabulary vocabulary, ModelConfig model, RunFolder run, ComputeDevice device)
            throws IOException {
        if (data.isEmpty()) {
            throw wrong(method + " needs --data");
        }
        if (loraRank > 0 && freezeLayers > 0) {
            throw wrong("--lora-rank changes all layers: leave --freeze-layers out");
        }
        PreferenceConfig config =
                changed(PreferenceConfig.standard(method.objective()), PreferenceConfig.class);
        DataReport report = new DataReport();
        OpinionFiles opinions =
                OpinionFiles.read(
                        new PairEncoder(vocabulary.template(), model.context(), report),
                        report,
                        data);
        say(report);
        writeRun(run.path(), config, data);
        int answers = method == Method.DPO ? 2 * config.batch() : config.batch();
        plan(
                MemoryPlan.of(
                        model,
                        freezeLayers,
                        1,
                        reference == null ? 1 : 2,
                        answers,
                        model.context(),
                        (long) answers * model.context()),
                device);
        Optional<Lora.Settings> lora =
                loraRank == 0
                        ? Optional.empty()
                        : Optional.of(new Lora.Settings(loraRank, loraAlpha, seed));
        PreferenceRun training = new PreferenceRun(config, lora, freezeLayers, seed);
        return run.train(
                config.checkpointEvery(),
                (metrics, checkpointing) ->
                        training.run(
                                device,
                                init,
                                reference(),
                                opinions,
                                run.path(),
                                new Progress(spec.commandLine().getOut(), metrics),
                                checkpointing));
    }

    private void plan(MemoryPlan plan, ComputeDevice device) {
        spec.commandLine().getOut().println(plan.line(device));
        spec.commandLine().getOut().flush();
    }

    private void say(DataReport report) throws IOException {
        report.lines().forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().flush();
        report.requireUse();
    }

    /// The settings with those of `--set` in their place.
    private <T> T changed(T standard, Class<T> type) throws IOException {
        ObjectNode tree = JSON.valueToTree(standard);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            List<String> path = List.of(setting.getKey().split("\\."));
            JsonNode group = tree;
            for (String name : path.subList(0, path.size() - 1)) {
                group = group.path(name);
            }
            JsonNode known = group.path(path.getLast());
            if (known.isMissingNode() || known.isObject()) {
                throw wrong(
                        "--set %s: %s has %s"
                                .formatted(
                                        setting.getKey(),
                                        method,
                                        String.join(", ", names(tree, ""))));
            }
            ((ObjectNode) group).put(path.getLast(), setting.getValue());
        }
        try {
            return JSON.treeToValue(tree, type);
        } catch (IOException refused) {
            Throwable cause = refused.getCause();
            throw wrong(
                    "--set: "
                            + (cause instanceof IllegalArgumentException
                                    ? cause.getMessage()
                                    : refused.getMessage()));
        }
    }

    /// Of all settings, those of a group with its name before them.
    private static List<String> names(JsonNode group, String prefix) {
        return group.properties().stream()
                .flatMap(field ->
                        field.getValue().isObject()
                                ? names(field.getValue(), field.getKey() + ".").stream()
                                : Stream.of(prefix + field.getKey()))
                .toList();
    }

    private void writeRun(Path aside, Object config, List<Path> files) throws IOException {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("command", "ppo");
        run.put("method", method);
        run.put("init", init.toString());
        run.put("reference", method == Method.SFT ? null : reference().toString());
        run.put("reward", reward == null ? null : reward.toString());
        run.put("data", DataFile.of(files));
        run.put("kl_target", klTarget);
        run.put("freeze_layers", freezeLayers);
        run.put("lora_rank", loraRank);
        run.put("lora_alpha", loraAlpha);
        run.put("seed", seed);
        run.put("settings", config);
        AtomicFile.write(aside.resolve("run.json"), JSON.writeValueAsBytes(run));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
