package io.thumbwheel.serving.onnx;

import io.thumbwheel.serving.generation.PolicyFailedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs a policy of its own for a second or two: the median of a few decoding steps at batch 1, 4
/// and 8, and of a few prompts of 64 tokens.
public final class MeasuredTiming implements EngineTiming {
    private static final int[] BATCHES = {1, 4, 8};
    private static final int PROMPT = 64;
    private static final int STEPS = 9;
    private static final int WARM_UP = 2;

    @Override
    public List<Double> seconds(Path releaseFolder, OnnxConfig config)
            throws ReleaseUnusableException {
        int most = BATCHES[BATCHES.length - 1];
        try (OnnxPolicy policy =
                OnnxPolicy.load(releaseFolder, config.with(most, PROMPT + STEPS + WARM_UP))) {
            int prompt = Math.max(1, Math.min(PROMPT, policy.context() - STEPS - WARM_UP));
            List<Double> seconds = new ArrayList<>();
            seconds.add(median(step -> policy.prefill(step % most, new int[][] {new int[prompt]})));
            for (int batch : BATCHES) {
                int[] lengths = new int[batch];
                seconds.add(
                        median(step -> {
                            Arrays.fill(lengths, Math.min(prompt + step, policy.context() - 1));
                            policy.decode(new int[batch], lengths, batch);
                        }));
            }
            return seconds;
        } catch (PolicyFailedException e) {
            throw new ReleaseUnusableException(
                    "the %s graph of %s cannot be measured: %s"
                            .formatted(config.precision().label(), releaseFolder, e.getMessage()),
                    e);
        }
    }

    private static double median(Pass pass) throws PolicyFailedException {
        double[] seconds = new double[STEPS];
        for (int step = -WARM_UP; step < STEPS; step++) {
            long start = System.nanoTime();
            pass.run(step + WARM_UP);
            if (step >= 0) {
                seconds[step] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        return seconds[STEPS / 2];
    }

    private interface Pass {
        void run(int step) throws PolicyFailedException;
    }
}
