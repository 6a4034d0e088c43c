package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.reward.RewardModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Policy optimization outside of the platform: a policy, prompts and a reward model in, a policy
/// out.
public final class PolicyOptimization {
    private PolicyOptimization() {}

    /// What is optimised.
    ///
    /// @param policy Hugging Face folder to begin from
    /// @param reference that of the policy to stay near, of the same shape
    /// @param reward folder of the reward model
    /// @param prompts what is rolled out on
    /// @param known what is right to say to some of them
    /// @param klTarget nats per answer at the end
    /// @param seed of everything drawn by chance
    public record Task(
            Path policy,
            Path reference,
            Path reward,
            List<List<Integer>> prompts,
            KnownAnswers known,
            double klTarget,
            long seed) {
        public Task {
            prompts = List.copyOf(prompts);
            if (prompts.isEmpty()) {
                throw new IllegalArgumentException("there are no prompts to roll out on");
            }
        }
    }

    /// Runs, or goes on with what lies in `work`; the policy is `work/policy` then, and
    /// `work/samples.json` has answers before and after.
    ///
    /// @return why it stopped before all steps were done; empty where they were
    /// @throws java.util.concurrent.CancellationException where the thread was interrupted
    public static String run(
            ComputeDevice device, Task task, PpoConfig config, Path work, ProgressListener progress)
            throws IOException {
        RefreshFolder folder = new RefreshFolder(work);
        Seeds seeds = new Seeds(task.seed);
        try (NDManager manager = device.open();
                Llama reference = Llama.load(manager, task.reference);
                RewardModel reward = RewardModel.load(manager, task.reward)) {
            RolloutSampler sampler = new RolloutSampler(manager, config, reference);
            // What the reference policy says when it ends holds the policy to its language.
            List<List<Integer>> asked = seeds.cycled("ptx-prompts", task.prompts, 0, 256);
            List<Answer> ptx =
                    sampler.answers(reference, asked, seeds.at("ptx-answers", 0)).stream()
                            .filter(answer -> answer.ended(sampler.eosId()))
                            .toList();
            PpoRun run = new PpoRun(manager, config, folder, seeds, progress);
            List<Answer> before;
            Learners begun;
            try (Llama policy = Llama.load(manager, task.policy)) {
                before = samples(task, sampler, policy);
                begun = run.learners(policy, reward);
            }
            try (Learners learners = begun) {
                PpoRun.End end =
                        run.run(
                                reference,
                                learners,
                                task.known.mixedInto(reward, config.shaping().truthWeight()),
                                Optional.empty(),
                                task.prompts,
                                ptx,
                                KlController.of(
                                        config.initialKlCoefficient(),
                                        task.klTarget,
                                        config.klHorizon()));
                folder.write("policy", learners.candidate()::save);
                List<Answer> after = samples(task, sampler, learners.candidate());
                SampledPair.write(
                        work,
                        SampledPair.first(
                                before, reward.scores(before), after, reward.scores(after)));
                return end.why();
            }
        }
    }

    /// Answers to the first prompts, for people to read.
    private static List<Answer> samples(Task task, RolloutSampler sampler, Llama policy) {
        List<List<Integer>> shown =
                task.prompts.subList(0, Math.min(SampledPair.KEPT, task.prompts.size()));
        return sampler.answers(policy, shown, new Seeds(task.seed).at("samples", 0));
    }
}
