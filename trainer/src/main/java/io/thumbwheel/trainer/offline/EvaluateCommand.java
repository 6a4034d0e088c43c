package io.thumbwheel.trainer.offline;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.cli.EngineOptions;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.PromptFiles;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.ppo.PolicyTable;
import io.thumbwheel.trainer.ppo.PpoConfig;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `trainer evaluate`: policies side by side on held-out prompts.
@Command(
        name = "evaluate",
        description = "Compares policies on held-out prompts by a reward model.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class EvaluateCommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--reference",
            required = true,
            description = "Policy that all are compared with.")
    private Path reference = Path.of("policy");

    @Option(
            names = "--policy",
            paramLabel = "NAME=DIR",
            description = "A policy to compare; repeats.")
    private SequencedMap<String, Path> policies = new LinkedHashMap<>();

    @Option(
            names = "--judge",
            required = true,
            description =
                    "Reward model that scores; best one that no policy was optimised against.")
    private Path judge = Path.of("reward-model");

    @Option(
            names = "--prompts",
            required = true,
            arity = "1..*",
            description = "Rows of any format; their questions count.")
    private List<Path> prompts = List.of();

    @Option(
            names = "--best-of",
            description =
                    "Adds the reference policy's best of N answers by --coach; 1: no such row.")
    private int bestOf = 1;

    @Option(names = "--coach", description = "Reward model that picks for --best-of.")
    private @Nullable Path coach;

    @Option(names = "--count", description = "Prompts used, the first ones.")
    private int count = 400;

    @Option(names = "--seed", description = "Of the samples.")
    private long seed = 1;

    @Mixin private EngineOptions engine = new EngineOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the table there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        if (bestOf > 1 && coach == null) {
            throw new ParameterException(
                    spec.commandLine(), "--best-of needs --coach, which picks");
        }
        ComputeDevice device = engine.begin();
        PrintWriter out = spec.commandLine().getOut();
        PpoConfig config = PpoConfig.standard();
        List<PolicyTable.Row> rows;
        try {
            Vocabulary vocabulary = Vocabulary.read(reference);
            ModelConfig model = ModelConfig.read(reference);
            vocabulary.requireFits(model);
            vocabulary.requireSame(judge);
            for (Path policy : policies.values()) {
                vocabulary.requireSame(policy);
            }
            DataReport report = new DataReport();
            List<List<Integer>> questions =
                    new PromptFiles(
                                    vocabulary.template(),
                                    model.context() - config.maxResponseTokens(),
                                    report)
                            .read(prompts)
                            .prompts();
            report.lines().forEach(out::println);
            out.flush();
            report.requireUse();
            rows =
                    PolicyTable.of(
                            new PolicyTable.Task(
                                    reference,
                                    judge,
                                    questions.subList(0, Math.min(count, questions.size())),
                                    bestOf,
                                    coach == null ? judge : coach,
                                    seed),
                            policies,
                            config,
                            device);
        } catch (UnsupportedModelException
                | UnsupportedTokenizerException
                | IllegalArgumentException refused) {
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
        out.println(
                "| policy | score | win rate (95%) | at equal length | KL | tokens | ends | distinct-2 |");
        out.println("|---|---|---|---|---|---|---|---|");
        rows.forEach(row -> out.println(line(row)));
        out.flush();
        if (json != null) {
            AtomicFile.write(json, JSON.writeValueAsBytes(rows));
        }
        return 0;
    }

    private static String line(PolicyTable.Row row) {
        return String.format(
                Locale.ROOT,
                "| %s | %.2f | %.1f%% (%.1f to %.1f) | %.1f%% | %.2f | %.1f | %.0f%% | %.0f%% |",
                row.name(),
                row.score(),
                100 * row.winRate().rate(),
                100 * row.winRate().low(),
                100 * row.winRate().high(),
                100 * row.lengthControlled().rate(),
                row.kl(),
                row.answers().meanTokens(),
                100 * row.answers().eosShare(),
                100 * row.diversity());
    }
}
