package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.EarlierVersionException;
import io.thumbwheel.trainer.reward.Pair;
import io.thumbwheel.trainer.reward.PreferenceData;
import io.thumbwheel.trainer.reward.RewardModel;
import io.thumbwheel.trainer.reward.SourcedPair;
import io.thumbwheel.trainer.reward.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/// One turn of the loop's learning half: reward model, judge, PPO, gate.
///
/// One thread; owns the models while it runs.
public final class Refresh {
    private static final Logger LOG = Logger.getLogger(Refresh.class);

    /// Folder of the reward model that PPO maximises.
    static final String COACH = "coach";

    private static final double BACK_OFF = 0.8;
    private static final double LEAST_SHARE = 0.5;

    /// The judge stops by pairs of the coach, which are as many as its own or more: asked again and
    /// again about all of them it would take twice the time.
    private static final int MOST_STOPPING = 256;

    private final RefreshInput input;
    private final RefreshConfig config;
    private final ProgressListener progress;
    private final NDManager manager;
    private final RefreshFolder folder;
    private final Seeds seeds;
    private final PreferenceData data;
    private final SortedMap<String, Double> scores = new TreeMap<>();

    private Refresh(
            RefreshInput input,
            RefreshConfig config,
            RefreshFolder folder,
            ProgressListener progress,
            NDManager manager) {
        this.input = input;
        this.config = config;
        this.folder = folder;
        this.progress = progress;
        this.manager = manager;
        this.seeds = new Seeds(input.seed());
        this.data = PreferenceData.of(input.examples(), input.raterWeights(), config.halfLife());
    }

    /// Runs a refresh, or goes on with the one whose checkpoints lie in `work`: killed at any
    /// moment and run again with the same input, it ends with the same result. An interrupt ends it
    /// in order.
    ///
    /// @param device where it is computed
    /// @param work checkpoints; empty at the first call, and nobody else's
    /// @throws CancellationException where the thread was interrupted
    public static Outcome run(
            ComputeDevice device,
            RefreshInput input,
            RefreshConfig config,
            Path work,
            ProgressListener progress) {
        try (NDManager manager = device.open()) {
            RefreshFolder folder = new RefreshFolder(work);
            Optional<Outcome> ended = folder.outcome();
            if (ended.isPresent()) {
                return ended.get();
            }
            Outcome outcome = new Refresh(input, config, folder, progress, manager).run();
            folder.writeOutcome(outcome);
            return outcome;
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "the refresh cannot read or write %s: check space and rights, then start it again; it goes on from its checkpoint"
                            .formatted(work),
                    failed);
        }
    }

    private Outcome run() throws IOException {
        try (Llama reference = Llama.load(manager, input.reference());
                Llama serving = Llama.load(manager, input.serving())) {
            int room = reference.config().context() - config.ppo().maxResponseTokens();
            PromptSets prompts = PromptSets.of(input.prompts(), room).with(input.known().prompts());
            Optional<String> lacking = lacking(prompts);
            if (lacking.isPresent()) {
                return new Outcome.Refused(lacking.get(), scores);
            }
            if (!serving.sharesLower(reference, config.ppo().frozenLayers())) {
                return new Outcome.Refused(
                        "ppo.frozenLayers is %d, but the serving release's first layers are not r0's: it was trained without; set it to 0, or promote r0"
                                .formatted(config.ppo().frozenLayers()),
                        scores);
            }

            // 1. Samples of the reference policy give every reward model the same scale.
            RolloutSampler sampler = new RolloutSampler(manager, config.ppo(), reference);
            List<Answer> anchors = anchors(sampler, reference, prompts.rollouts());

            RewardStage rewards =
                    new RewardStage(
                            manager,
                            config.reward(),
                            folder,
                            seeds,
                            reference,
                            Words.of(input.reference()),
                            data.test().stream().map(SourcedPair::pair).toList(),
                            progress);

            // 2. The coach, which PPO maximises. No better than chance, or worse than the one
            // before it on the gold set: no PPO.
            try (RewardModel coach =
                    rewards.train(
                            COACH,
                            new RewardStage.Sides(
                                    data.coach(),
                                    data.thumbs().coach(),
                                    data.validation(),
                                    data.judge(),
                                    data.unseen()),
                            anchors,
                            scores)) {
                Optional<String> unfit = unfit(coach);
                if (unfit.isPresent()) {
                    return new Outcome.Refused(unfit.get(), scores);
                }

                // 3. The judge, from other raters. PPO never maximises it; it watches.
                try (RewardModel judge =
                        rewards.train(
                                "judge",
                                new RewardStage.Sides(
                                        data.judge(),
                                        data.thumbs().judge(),
                                        spread(data.coach(), MOST_STOPPING),
                                        List.of(),
                                        List.of()),
                                anchors,
                                scores)) {

                    // 4. PPO from the serving policy against the coach, and against what is known.
                    scores.put("truth/prompts", (double) input.known().prompts().size());
                    PpoRun ppo = new PpoRun(manager, config.ppo(), folder, seeds, progress);
                    try (Learners learners = ppo.learners(serving, coach)) {
                        PpoRun.End end =
                                ppo.run(
                                        reference,
                                        learners,
                                        input.known().mixedInto(coach, truthWeight()),
                                        Optional.of(judge),
                                        prompts.rollouts(),
                                        ptx(anchors, reference.config().eosId()),
                                        controller());
                        if (end.state().step() <= config.ppo().valueSteps()) {
                            return new Outcome.Refused("PPO stopped at once: " + end.why(), scores);
                        }

                        // 5. The gate.
                        return gate(
                                sampler, reference, serving, learners, prompts, judge, coach, end,
                                anchors);
                    }
                }
            }
        }
    }

    /// At most so many of the pairs, at even distances.
    private static List<Pair> spread(List<Pair> pairs, int most) {
        int size = Math.min(pairs.size(), most);
        return IntStream.range(0, size)
                .mapToObj(i -> pairs.get((int) ((long) i * pairs.size() / size)))
                .toList();
    }

    private Optional<String> lacking(PromptSets prompts) {
        scores.putAll(data.shares());
        for (Map.Entry<String, List<Pair>> part :
                Map.of(
                                "training", data.coach(),
                                "judging", data.judge(),
                                "validation", data.validation())
                        .entrySet()) {
            scores.put("data/" + part.getKey() + "_pairs", (double) part.getValue().size());
        }
        if (data.coach().isEmpty() || data.judge().isEmpty() || data.validation().isEmpty()) {
            return Optional.of(
                    "comparisons of raters for training, judging and validation are needed, got %d, %d and %d: collect more"
                            .formatted(
                                    data.coach().size(),
                                    data.judge().size(),
                                    data.validation().size()));
        }
        if (prompts.rollouts().isEmpty() || prompts.heldOut().isEmpty()) {
            return Optional.of(
                    "consented prompts to roll out on and held-out ones are needed, got %d and %d: collect more"
                            .formatted(prompts.rollouts().size(), prompts.heldOut().size()));
        }
        return Optional.empty();
    }

    /// Why PPO may not maximise the coach, if so.
    private Optional<String> unfit(RewardModel coach) throws IOException {
        Optional<String> lost = lostOnGold(coach);
        double low = scores.getOrDefault("coach/unseen/accuracy_low", 0.0);
        if (low <= config.reward().requiredAccuracy()) {
            return Optional.of(
                    "the reward model is right on %.3f of the pairs of raters it never saw, with lower bound %.3f; PPO needs more than %.2f: collect more comparisons"
                            .formatted(
                                    scores.get("coach/unseen/accuracy"),
                                    low,
                                    config.reward().requiredAccuracy()));
        }
        return lost;
    }

    private Optional<String> lostOnGold(RewardModel coach) throws IOException {
        Optional<RewardModel> earlier = earlierCoach();
        try {
            GoldCheck check =
                    GoldCheck.of(input.gold(), data.test(), coach, earlier, seeds.at("gold", 0));
            scores.putAll(check.scores());
            return check.objection();
        } finally {
            earlier.ifPresent(RewardModel::close);
        }
    }

    private Optional<RewardModel> earlierCoach() throws IOException {
        Optional<Gold.Coach> earlier = input.gold().earlier();
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(RewardModel.load(manager, earlier.get().folder()));
        } catch (EarlierVersionException unreadable) {
            LOG.warnf(
                    "the new reward model is not compared with that of %s: %s",
                    earlier.get().release(), unreadable.getMessage());
            return Optional.empty();
        }
    }

    private List<Answer> anchors(
            RolloutSampler sampler, Llama reference, List<List<Integer>> prompts) {
        List<List<Integer>> asked = seeds.cycled("anchors", prompts, 0, config.anchors());
        return sampler.answers(reference, asked, seeds.at("anchors", 0));
    }

    private double truthWeight() {
        return config.ppo().shaping().truthWeight();
    }

    private KlController controller() {
        return KlController.of(
                input.klCoefficient().orElse(config.ppo().initialKlCoefficient()),
                config.klTarget(input.ordinal()),
                config.ppo().klHorizon());
    }

    /// Demonstrations of training raters; without any, what the reference policy itself says when
    /// it ends, which holds the policy to the language it was taught.
    private List<Answer> ptx(List<Answer> anchors, int eosId) {
        List<Answer> demonstrations = new ArrayList<>();
        for (Example example : input.examples()) {
            if (example
                            instanceof
                            Example.Demonstration(
                                    var _,
                                    var promptIds,
                                    var response,
                                    var provenance,
                                    var _)
                    && provenance.split() == Split.TRAIN
                    && response.tokenIds() != null
                    && !response.tokenIds().isEmpty()) {
                demonstrations.add(new Answer(promptIds, response.tokenIds()));
            }
        }
        return demonstrations.isEmpty()
                ? anchors.stream().filter(answer -> answer.ended(eosId)).toList()
                : demonstrations;
    }

    /// A candidate that is better but went too far comes back part of the way to the serving
    /// release, in the straight line between their weights: most of the reward stays, most of the
    /// KL goes (Ramé et al., arXiv:2406.16768, third stage).
    private Outcome gate(
            RolloutSampler sampler,
            Llama reference,
            Llama serving,
            Learners learners,
            PromptSets prompts,
            RewardModel judge,
            RewardModel coach,
            PpoRun.End end,
            List<Answer> anchors)
            throws IOException {
        boolean servesReference = input.serving().equals(input.reference());
        Gate gate =
                new Gate(
                        config.gate(),
                        new Comparison(
                                sampler,
                                seeds,
                                config.gate().answers(),
                                prompts.heldOut(),
                                reference,
                                servesReference ? Optional.empty() : Optional.of(serving),
                                judge,
                                coach));
        Gate.Verdict verdict;
        double share = 1;
        do {
            PpoRun.checkNotInterrupted();
            if (share < 1) {
                learners.candidate().blend(serving, BACK_OFF);
            }
            verdict = gate.judge(learners.candidate());
            scores.putAll(PpoRun.finite(verdict.scores()));
            scores.put("gate/share", share);
            folder.writeSamples(verdict.samples());
            progress.progress("gate", 1, 1, scores, verdict.objection().orElse("passed"));
            share *= BACK_OFF;
        } while (verdict.tooFar() && share > LEAST_SHARE);
        scores.put("ppo/steps", (double) end.state().step() - config.ppo().valueSteps());
        scores.put("ppo/kl_coef", end.state().controller().coefficient());
        if (verdict.objection().isPresent()) {
            String note = end.why().isEmpty() ? "" : "; PPO had stopped early: " + end.why();
            return new Outcome.Refused(verdict.objection().get() + note, scores);
        }
        Path candidate = folder.write("candidate", learners.candidate()::save);
        return new Outcome.Candidate(
                candidate,
                folder.folder(COACH).orElseThrow(),
                scores,
                scores.getOrDefault("gate/kl", 0.0),
                end.state().controller().coefficient(),
                digest(anchors));
    }

    private static String digest(List<Answer> anchors) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (Answer anchor : anchors) {
                for (int id : anchor.tokenIds()) {
                    sha256.update(ByteBuffer.allocate(4).putInt(id).array());
                }
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
