package io.thumbwheel.trainer.ppo;

import ai.djl.Device;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.evaluation.WinRate;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.HalfLife;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.reward.RewardConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/// The learning half at real size and without Kafka, for choosing settings: simulated people with a
/// hidden preference compare answers of the serving policy, a quarter of their picks flipped; then
/// a refresh; several times. Prints a line per refresh. Run by hand:
///
/// `java ... OfflineExperiment policy=DIR prompts=FILE work=DIR preference=HAPPY refreshes=3
/// key=value ...`
final class OfflineExperiment {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, String> settings;
    private final HuggingFaceTokenizer tokenizer;
    private final HiddenScore hidden;
    private final Path reference;
    private final Path work;
    private final long seed;

    private OfflineExperiment(Map<String, String> settings) throws IOException {
        this.settings = settings;
        this.reference = Path.of(settings.get("policy"));
        this.work = Path.of(settings.get("work"));
        this.hidden = HiddenScore.valueOf(settings.getOrDefault("preference", "HAPPY"));
        this.seed = Long.parseLong(settings.getOrDefault("seed", "1"));
        this.tokenizer =
                HuggingFaceTokenizer.builder()
                        .optTokenizerPath(
                                Path.of(settings.getOrDefault("tokenizer", settings.get("policy"))))
                        .optAddSpecialTokens(false)
                        .build();
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        new OfflineExperiment(settings).run();
    }

    private void run() throws IOException {
        List<List<Integer>> all = prompts();
        int held = integer("heldOut", 400);
        List<List<Integer>> sent = all.subList(held, all.size());
        List<List<Integer>> unseen = all.subList(0, held);
        List<Example> examples = new ArrayList<>();
        List<PromptSeen> seen = new ArrayList<>();
        Path serving = reference;
        OptionalDouble coefficient = OptionalDouble.empty();
        int next = 0;
        for (int refresh = 1; refresh <= integer("refreshes", 1); refresh++) {
            int comparisons = refresh == 1 ? integer("first", 600) : integer("later", 450);
            collect(serving, sent, next, comparisons, examples, seen);
            next += comparisons;
            long start = System.nanoTime();
            Path folder = work.resolve("refresh-" + refresh);
            Outcome outcome =
                    Refresh.run(
                            ComputeDevice.CPU,
                            new RefreshInput(
                                    reference,
                                    serving,
                                    examples,
                                    seen,
                                    Map.of(),
                                    refresh,
                                    coefficient,
                                    KnownAnswers.NONE,
                                    Gold.none(),
                                    seed),
                            config(),
                            folder,
                            this::report);
            double seconds = (System.nanoTime() - start) / 1e9;
            switch (outcome) {
                case Outcome.Refused refused ->
                        System.out.printf("REFUSED %s %s%n", refused.reason(), refused.scores());
                case Outcome.Candidate candidate -> {
                    serving = candidate.huggingFaceFolder();
                    coefficient = OptionalDouble.of(candidate.klCoefficient());
                    System.out.printf("CANDIDATE %s%n", candidate.scores());
                }
            }
            System.out.printf(
                    "REFRESH %d %.0f s %s %s%n",
                    refresh, seconds, settings, evaluate(serving, unseen));
        }
    }

    private void report(
            String phase, int step, int steps, Map<String, Double> metrics, String note) {
        StringBuilder line = new StringBuilder("%s %d/%d".formatted(phase, step, steps));
        for (String name :
                List.of(
                        "loss/pair",
                        "validation/loss",
                        "validation/accuracy",
                        "objective/scores",
                        "objective/kl",
                        "objective/kl_coef",
                        "policy/entropy_avg",
                        "policy/approxkl_avg",
                        "policy/clipfrac_avg",
                        "policy/first_ratio_deviation",
                        "policy/gradient_norm",
                        "value/explained_variance",
                        "episode/length",
                        "episode/eos_share",
                        "rollout/logprob_diff_max",
                        "time/rollout",
                        "time/score",
                        "time/forward",
                        "time/update")) {
            if (metrics.containsKey(name)) {
                line.append(
                        " %s=%.4g"
                                .formatted(
                                        name.substring(name.indexOf('/') + 1), metrics.get(name)));
            }
        }
        System.out.println(line + " " + note);
    }

    /// Prompts of a JSON Lines file of messages, as token ids.
    private List<List<Integer>> prompts() throws IOException {
        List<List<Integer>> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(settings.get("prompts")))) {
            JsonNode json = JSON.readTree(line);
            List<Integer> ids = new ArrayList<>(List.of(1));
            for (JsonNode message : json.path("messages")) {
                ids.add(message.path("role").asText().equals("user") ? 3 : 4);
                for (long id : tokenizer.encode(message.path("content").asText()).getIds()) {
                    ids.add((int) id);
                }
                if (!message.path("role").asText().equals("user")) {
                    ids.add(2);
                }
            }
            ids.add(4);
            if (ids.size() <= 51) {
                prompts.add(ids);
            }
        }
        return prompts;
    }

    private double score(Answer answer) {
        long[] ids =
                answer.responseIds().stream()
                        .filter(id -> id > 7)
                        .mapToLong(Integer::longValue)
                        .toArray();
        return hidden.of(tokenizer.decode(ids), answer.ended(2));
    }

    private void collect(
            Path serving,
            List<List<Integer>> sent,
            int from,
            int comparisons,
            List<Example> examples,
            List<PromptSeen> seen)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed * 1000 + from);
        List<List<Integer>> asked = new ArrayList<>();
        for (int i = from; i < from + comparisons; i++) {
            asked.add(sent.get(i % sent.size()));
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama policy = Llama.load(manager, serving)) {
            RolloutSampler sampler = new RolloutSampler(manager, config().ppo(), policy);
            List<Answer> first = sampler.answers(policy, asked, random.nextLong());
            List<Answer> second = sampler.answers(policy, asked, random.nextLong());
            int ties = 0;
            for (int i = 0; i < comparisons; i++) {
                Answer a = first.get(i);
                Answer b = second.get(i);
                double difference = score(a) - score(b);
                ties += difference == 0 ? 1 : 0;
                String rater = "rater-" + (from + i) % 40;
                Example.Outcome outcome =
                        difference == 0
                                ? Example.Outcome.TIE
                                : difference > 0 != (random.nextInt(4) == 0)
                                        ? Example.Outcome.A
                                        : Example.Outcome.B;
                examples.add(
                        new Example.Preference(
                                "e-%06d".formatted(from + i),
                                a.promptIds(),
                                new Example.Response("", a.responseIds(), "r0-00000000"),
                                new Example.Response("", b.responseIds(), "r0-00000000"),
                                outcome,
                                0,
                                new Example.Provenance(
                                        List.of("f-" + (from + i)),
                                        rater,
                                        FeedbackGiven.RaterKind.SIMULATED,
                                        split((from + i) % 40),
                                        Instant.EPOCH)));
                seen.add(
                        new PromptSeen(
                                "%08x".formatted((from + i) * 0x9E3779B1),
                                Instant.EPOCH,
                                a.promptIds(),
                                rater,
                                split((from + i) % 40)));
            }
            System.out.printf(
                    "collected %d comparisons, ties %.2f, mean hidden score %.3f%n",
                    comparisons,
                    (double) ties / comparisons,
                    first.stream().mapToDouble(this::score).average().orElseThrow());
        }
    }

    /// 28 raters train, 6 validate, 6 test.
    private static Split split(int rater) {
        return rater < 28 ? Split.TRAIN : rater < 34 ? Split.VALIDATION : Split.TEST;
    }

    private String evaluate(Path serving, List<List<Integer>> unseen) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama r0 = Llama.load(manager, reference);
                Llama policy = Llama.load(manager, serving)) {
            RolloutSampler sampler = new RolloutSampler(manager, config().ppo(), r0);
            List<Answer> ours = sampler.answers(policy, unseen, 101);
            List<Answer> theirs = sampler.answers(r0, unseen, 202);
            double[] a = ours.stream().mapToDouble(this::score).toArray();
            double[] b = theirs.stream().mapToDouble(this::score).toArray();
            WinRate rate = WinRate.of(a, b, 0, 7);
            for (int i = 0; i < 4; i++) {
                System.out.printf(
                        "SAMPLE %.1f | %s | %s | %s%n",
                        a[i],
                        text(ours.get(i).promptIds()),
                        text(ours.get(i).responseIds()),
                        text(theirs.get(i).responseIds()));
            }
            AnswerStatistics statistics =
                    AnswerStatistics.of(ours.stream().map(Answer::responseIds).toList(), 2);
            AnswerStatistics before =
                    AnswerStatistics.of(theirs.stream().map(Answer::responseIds).toList(), 2);
            return "HIDDEN win %.3f [%.3f, %.3f] score %.3f from %.3f KL %.2f %s from %s"
                    .formatted(
                            rate.rate(),
                            rate.low(),
                            rate.high(),
                            java.util.Arrays.stream(a).average().orElseThrow(),
                            java.util.Arrays.stream(b).average().orElseThrow(),
                            sampler.kl(policy, ours),
                            statistics,
                            before);
        }
    }

    private String text(List<Integer> ids) {
        return tokenizer.decode(
                ids.stream().filter(id -> id > 7).mapToLong(Integer::longValue).toArray());
    }

    private RefreshConfig config() {
        RewardConfig reward = RewardConfig.standard();
        PpoConfig ppo = PpoConfig.standard();
        return new RefreshConfig(
                new RewardConfig(
                        real("rmLr", reward.learningRate()),
                        integer("rmEpochs", reward.epochs()),
                        integer("rmBatch", reward.batchPairs()),
                        real("rmDecay", reward.weightDecay()),
                        real("rmSmoothing", reward.labelSmoothing()),
                        reward.evaluationsPerEpoch(),
                        reward.clipNorm(),
                        reward.spreadFloor(),
                        real("required", reward.requiredAccuracy()),
                        real("rmThumbs", reward.thumbWeight()),
                        integer("rmEnsemble", reward.ensemble()),
                        real("rmVariance", reward.varianceWeight()),
                        integer("frozen", reward.frozenLayers()),
                        reward.lengthFree(),
                        Boolean.parseBoolean(settings.getOrDefault("surface", "false"))),
                new PpoConfig(
                        Estimator.valueOf(settings.getOrDefault("estimator", "GAE")),
                        integer("group", ppo.group()),
                        integer("frozen", ppo.frozenLayers()),
                        integer("steps", ppo.steps()),
                        integer("valueSteps", ppo.valueSteps()),
                        integer("episodes", ppo.episodes()),
                        integer("epochs", ppo.epochs()),
                        integer("minibatches", ppo.minibatches()),
                        integer("microbatch", ppo.microbatch()),
                        ppo.maxResponseTokens(),
                        1,
                        real("lr", ppo.policyLearningRate()),
                        real("valueLr", ppo.valueLearningRate()),
                        ppo.warmUpUpdates(),
                        ppo.schedule(),
                        real("averaging", ppo.averaging()),
                        1,
                        real("lambda", ppo.lambda()),
                        ppo.clip(),
                        real("valueClip", ppo.valueClip()),
                        ppo.dualClip(),
                        ppo.gradientClip(),
                        ppo.adamEpsilon(),
                        real("beta", ppo.initialKlCoefficient()),
                        real("horizon", ppo.klHorizon()),
                        ppo.shaping(),
                        ppo.importanceCap(),
                        real("ptx", ppo.ptxCoefficient()),
                        ppo.ptxExamples(),
                        1000,
                        ppo.limits(),
                        ppo.watch()),
                GateConfig.standard(),
                256,
                100,
                HalfLife.NONE,
                List.of(3.0, 5.0, 7.0));
    }

    private int integer(String name, int standard) {
        return Integer.parseInt(settings.getOrDefault(name, Integer.toString(standard)));
    }

    private double real(String name, double standard) {
        return Double.parseDouble(settings.getOrDefault(name, Double.toString(standard)));
    }
}
