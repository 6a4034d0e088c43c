package io.thumbwheel.trainer.release;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.ReleaseManifest.SelfTest;
import io.thumbwheel.schemas.event.LogProbs;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Step;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Greedy answers of the trainer's own forward pass, which every replica has to reproduce before it
/// serves the release.
public final class SelfTests {
    private static final int MAX_TOKENS = 16;

    private SelfTests() {}

    /// One answer per prompt, of at most 16 tokens; EOS ends it and is part of it.
    ///
    /// @param prompts token ids, template included
    public static List<SelfTest> make(Llama policy, List<List<Integer>> prompts) {
        return prompts.stream().map(prompt -> answer(policy, prompt)).toList();
    }

    private static SelfTest answer(Llama policy, List<Integer> prompt) {
        List<Integer> sequence = new ArrayList<>(prompt);
        float[] logProbs = new float[MAX_TOKENS];
        float[] margins = new float[MAX_TOKENS];
        int drawn = 0;
        boolean ended = false;
        while (!ended && drawn < MAX_TOKENS && sequence.size() < policy.config().context()) {
            FloatBuffer logits = FloatBuffer.wrap(lastLogits(policy, sequence)); // [vocab]
            int best = mostProbable(logits, -1);
            int second = mostProbable(logits, best);
            logProbs[drawn] = (float) LogSoftmax.of(logits, best);
            margins[drawn] = logits.get(best) - logits.get(second);
            sequence.add(best);
            drawn++;
            ended = best == policy.config().eosId();
        }
        return new SelfTest(
                prompt,
                sequence.subList(prompt.size(), sequence.size()),
                LogProbs.of(Arrays.copyOf(logProbs, drawn)),
                LogProbs.of(Arrays.copyOf(margins, drawn)));
    }

    private static int mostProbable(FloatBuffer logits, int except) {
        int best = except == 0 ? 1 : 0;
        for (int id = 0; id < logits.limit(); id++) {
            if (id != except && logits.get(id) > logits.get(best)) {
                best = id;
            }
        }
        return best;
    }

    /// Logits after the last token [vocab].
    private static float[] lastLogits(Llama policy, List<Integer> sequence) {
        try (Step step = Step.open(policy.manager())) {
            long[] ids = sequence.stream().mapToLong(Integer::longValue).toArray();
            NDArray batch = step.manager().create(ids, new Shape(1, ids.length)); // [1, seq]
            return policy.logits(batch).get(":, -1").toFloatArray();
        }
    }
}
