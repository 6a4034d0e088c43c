package io.thumbwheel.trainer.ppo;

import ai.djl.Device;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import io.thumbwheel.trainer.formats.BadRowException;
import io.thumbwheel.trainer.formats.Messages;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Logits;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import io.thumbwheel.trainer.reward.RewardConfig;
import io.thumbwheel.trainer.reward.RewardTraining;
import io.thumbwheel.trainer.reward.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// What a reward model of the seed policy learns from simulated people of known noise: they like a
/// [HiddenScore] and a share of their votes is flipped. Prints how often it agrees with the votes
/// of people that it never saw, on prompts that it never saw, beside how often the noiseless hidden
/// score does. Run by hand:
///
/// `java ... SimulatedGold policy=DIR prompts=FILE comparisons=2000 thumbs=0 judged=1000 noise=0.25
/// preference=HAPPY ensemble=1 rate=5e-5 batch=32 smoothing=0 seed=1`
///
/// A simulated person who gives thumbs gives them above a threshold of their own, normal around the
/// mean hidden score.
final class SimulatedGold {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int RATERS = 40;
    private static final int VALIDATION = 250;

    private final Map<String, String> settings;
    private final HiddenScore hidden;
    private final HuggingFaceTokenizer tokenizer;
    private final SplittableRandom random;

    private SimulatedGold(Map<String, String> settings) throws IOException {
        this.settings = settings;
        this.hidden = HiddenScore.valueOf(settings.getOrDefault("preference", "HAPPY"));
        this.random = new SplittableRandom(number("seed", 1));
        this.tokenizer =
                HuggingFaceTokenizer.builder()
                        .optTokenizerPath(Path.of(settings.get("policy")))
                        .optAddSpecialTokens(false)
                        .build();
    }

    public static void main(String[] arguments) throws IOException, BadRowException {
        Map<String, String> settings = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        new SimulatedGold(settings).run();
    }

    /// Two answers to one prompt and a vote; target 0.5 where the hidden score sees no difference.
    private record Vote(Pair pair, double difference) {
        /// The pair as the hidden score has it.
        Pair truth() {
            return new Pair(
                    pair.promptIds(),
                    pair.aIds(),
                    pair.bIds(),
                    difference > 0 ? 1 : 0,
                    1,
                    pair.rater());
        }
    }

    private void run() throws IOException, BadRowException {
        Path folder = Path.of(settings.get("policy"));
        List<List<Integer>> prompts = prompts(folder);
        int judged = number("judged", 1000);
        int apart = prompts.size() / 3;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama policy = Llama.load(manager, folder)) {
            RolloutSampler sampler = new RolloutSampler(manager, PpoConfig.standard(), policy);
            List<List<Integer>> known = prompts.subList(apart, prompts.size());
            List<Opinion> training = new ArrayList<>();
            votes(sampler, policy, known, number("comparisons", 2000), "rater-")
                    .forEach(vote -> training.add(vote.pair()));
            training.addAll(thumbs(sampler, policy, known, number("thumbs", 0)));
            List<Pair> validation =
                    votes(sampler, policy, known, VALIDATION, "validator-").stream()
                            .map(Vote::pair)
                            .toList();
            List<Vote> unseen =
                    votes(sampler, policy, prompts.subList(0, apart), judged, "unseen-").stream()
                            .filter(vote -> vote.difference() != 0)
                            .toList();
            RewardTraining rewards =
                    new RewardTraining(
                            manager,
                            config(),
                            Words.of(folder),
                            (step, steps, metrics) ->
                                    System.out.printf("%d/%d %s%n", step, steps, metrics),
                            Checkpointing.NONE);
            try (RewardTraining.Trained trained =
                    rewards.train(
                            policy,
                            training,
                            validation,
                            Opinion.answersOf(validation),
                            number("seed", 1))) {
                List<Pair> pairs = unseen.stream().map(Vote::pair).toList();
                Logits logits = new Logits(trained.model());
                WilsonInterval ours = logits.measure(pairs).accuracy();
                double right =
                        unseen.stream()
                                .filter(vote -> vote.difference() > 0 == vote.pair().target() > 0.5)
                                .count();
                double ordered =
                        logits.measure(unseen.stream().map(Vote::truth).toList())
                                .accuracy()
                                .share();
                WilsonInterval noiseless = WilsonInterval.of(right, unseen.size());
                System.out.printf(
                        "UNSEEN %s votes %d linear probe, by cross-validation %.3f reward model %.3f [%.3f, %.3f] noiseless %.3f ratio %.3f; as the hidden score %.4f%n",
                        settings,
                        unseen.size(),
                        trained.crossFitted().accuracy().share(),
                        ours.share(),
                        ours.low(),
                        ours.high(),
                        noiseless.share(),
                        ours.share() / noiseless.share(),
                        ordered);
            }
        }
    }

    private List<Vote> votes(
            RolloutSampler sampler,
            Llama policy,
            List<List<Integer>> prompts,
            int count,
            String raters) {
        List<List<Integer>> asked = asked(prompts, count);
        List<Answer> first = sampler.answers(policy, asked, random.nextLong());
        List<Answer> second = sampler.answers(policy, asked, random.nextLong());
        List<Vote> votes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Answer a = first.get(i);
            Answer b = second.get(i);
            double difference = score(a) - score(b);
            boolean likesA = difference > 0 != flipped();
            votes.add(
                    new Vote(
                            new Pair(
                                    a.promptIds(),
                                    a.responseIds(),
                                    b.responseIds(),
                                    difference == 0 ? 0.5 : likesA ? 1 : 0,
                                    difference == 0 ? 0.5 : 1,
                                    raters + i % RATERS),
                            difference));
        }
        return votes;
    }

    private List<Opinion> thumbs(
            RolloutSampler sampler, Llama policy, List<List<Integer>> prompts, int count) {
        if (count == 0) {
            return List.of();
        }
        List<Answer> answers = sampler.answers(policy, asked(prompts, count), random.nextLong());
        double mean = answers.stream().mapToDouble(this::score).average().orElseThrow();
        double[] thresholds = new double[RATERS];
        for (int i = 0; i < RATERS; i++) {
            thresholds[i] = mean + random.nextGaussian();
        }
        List<Opinion> thumbs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean up = score(answers.get(i)) > thresholds[i % RATERS] != flipped();
            thumbs.add(new Opinion.Thumb(answers.get(i), up, 1, "rater-" + i % RATERS));
        }
        return thumbs;
    }

    private boolean flipped() {
        return random.nextDouble() < real("noise", 0.25);
    }

    private static List<List<Integer>> asked(List<List<Integer>> prompts, int count) {
        List<List<Integer>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(prompts.get(i % prompts.size()));
        }
        return asked;
    }

    private double score(Answer answer) {
        long[] ids =
                answer.responseIds().stream()
                        .filter(id -> id > 7)
                        .mapToLong(Integer::longValue)
                        .toArray();
        return hidden.of(tokenizer.decode(ids), answer.ended(2));
    }

    /// Prompts of a JSON Lines file of messages, as token ids.
    private List<List<Integer>> prompts(Path policy) throws IOException, BadRowException {
        Vocabulary vocabulary = Vocabulary.read(policy);
        List<List<Integer>> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(settings.get("prompts")))) {
            List<Integer> ids =
                    vocabulary
                            .template()
                            .prompt(Messages.read(JSON.readTree(line).path("messages")));
            if (ids.size() <= 51) {
                prompts.add(ids);
            }
        }
        return prompts;
    }

    private RewardConfig config() {
        RewardConfig standard = RewardConfig.standard();
        return new RewardConfig(
                real("rate", standard.learningRate()),
                number("epochs", standard.epochs()),
                number("batch", standard.batchPairs()),
                standard.weightDecay(),
                real("smoothing", standard.labelSmoothing()),
                standard.evaluationsPerEpoch(),
                standard.clipNorm(),
                standard.spreadFloor(),
                standard.requiredAccuracy(),
                number("thumbs", 0) > 0 ? 1 : 0,
                number("ensemble", 1),
                standard.varianceWeight(),
                0,
                false,
                Boolean.parseBoolean(settings.getOrDefault("surface", "true")));
    }

    private double real(String name, double otherwise) {
        return Double.parseDouble(settings.getOrDefault(name, String.valueOf(otherwise)));
    }

    private int number(String name, int otherwise) {
        return Integer.parseInt(settings.getOrDefault(name, String.valueOf(otherwise)));
    }
}
