package io.thumbwheel.serving.onnx;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.serving.generation.Policy;
import io.thumbwheel.serving.generation.PolicyFailedException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/// Whether a replica reproduces the answers that a release's manifest promises: log-probs within
/// ten times the parity that the trainer measured (at least 1e-3), for a quantised graph within
/// twice its own (at least 1e-2), and the greedy token wherever its margin is above ten times that
/// bound. CPUs differ in the last bits, and these decide which way an integer is rounded.
public final class SelfTest {
    private static final double LEAST_BOUND = 1e-3;
    private static final double LEAST_QUANTISED_BOUND = 1e-2;

    private final Policy policy;
    private final double bound;

    private SelfTest(Policy policy, double bound) {
        this.policy = policy;
        this.bound = bound;
    }

    /// Runs the manifest's prompts, teacher-forced, on a policy that nobody else uses yet.
    ///
    /// @return empty where all agree within the manifest's bound, otherwise what does not
    public static Optional<String> check(
            Policy policy,
            List<ReleaseManifest.SelfTest> selfTests,
            ReleaseManifest.Parity parity) {
        return check(policy, selfTests, Math.max(LEAST_BOUND, 10 * parity.maxLogProb()));
    }

    /// The same for a quantised graph.
    public static Optional<String> check(
            Policy policy,
            List<ReleaseManifest.SelfTest> selfTests,
            ReleaseManifest.Quantised quantised) {
        double gap = quantised.parity().maxLogProb();
        return check(policy, selfTests, Math.max(LEAST_QUANTISED_BOUND, 2 * gap));
    }

    private static Optional<String> check(
            Policy policy, List<ReleaseManifest.SelfTest> selfTests, double bound) {
        SelfTest test = new SelfTest(policy, bound);
        try {
            for (int i = 0; i < selfTests.size(); i++) {
                Optional<String> reason = test.check("self-test " + i, selfTests.get(i));
                if (reason.isPresent()) {
                    return reason;
                }
            }
            return Optional.empty();
        } catch (PolicyFailedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> check(String name, ReleaseManifest.SelfTest expected)
            throws PolicyFailedException {
        int[] prompt = expected.promptIds().stream().mapToInt(Integer::intValue).toArray();
        if (prompt.length + expected.tokenIds().size() > policy.context()) {
            return Optional.of(
                    name + " is longer than the context of " + policy.context() + " tokens");
        }
        FloatBuffer logits = policy.prefill(0, new int[][] {prompt}); // [1, vocab]
        for (int step = 0; step < expected.tokenIds().size(); step++) {
            if (step > 0) {
                logits =
                        policy.decode(
                                new int[] {expected.tokenIds().get(step - 1)},
                                new int[] {prompt.length + step - 1},
                                1);
            }
            Optional<String> reason = compare(logits, expected, step);
            if (reason.isPresent()) {
                return Optional.of(name + ", token " + step + ": " + reason.get());
            }
        }
        return Optional.empty();
    }

    private Optional<String> compare(
            FloatBuffer logits, ReleaseManifest.SelfTest expected, int step) {
        int token = expected.tokenIds().get(step);
        if (token < 0 || token >= policy.vocab()) {
            return Optional.of("id " + token + " is outside of the vocabulary");
        }
        int best = 0;
        for (int id = 0; id < policy.vocab(); id++) {
            if (!Float.isFinite(logits.get(id))) {
                return Optional.of("the logit of id " + id + " is " + logits.get(id));
            }
            best = logits.get(id) > logits.get(best) ? id : best;
        }
        double total = 0;
        for (int id = 0; id < policy.vocab(); id++) {
            total += Math.exp(logits.get(id) - logits.get(best));
        }
        double logProb = logits.get(token) - logits.get(best) - Math.log(total);
        double wanted = expected.logProbs().get(step);
        if (!(Math.abs(logProb - wanted) <= bound)) {
            return Optional.of(
                    "log-prob %.6f instead of %.6f, beyond the bound of %.1e"
                            .formatted(logProb, wanted, bound));
        }
        if (expected.margins().get(step) > 10 * bound && best != token) {
            return Optional.of("id %d is the most probable, not %d".formatted(best, token));
        }
        return Optional.empty();
    }
}
