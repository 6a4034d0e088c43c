package io.thumbwheel.trainer.run;

import io.thumbwheel.trainer.ppo.Outcome;
import io.thumbwheel.trainer.ppo.ProgressListener;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import io.thumbwheel.trainer.ppo.RefreshInput;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Learns nothing: as many steps as configured, each with a checkpoint, then random weights. Where
/// there are fewer than four examples it refuses.
final class FakeLearner implements Learner {
    private final List<RefreshInput> inputs = new CopyOnWriteArrayList<>();
    private final int killedAfter;

    FakeLearner() {
        this(Integer.MAX_VALUE);
    }

    /// @param killedAfter step after whose checkpoint the process seems to die
    FakeLearner(int killedAfter) {
        this.killedAfter = killedAfter;
    }

    /// What it was asked, in order.
    List<RefreshInput> inputs() {
        return inputs;
    }

    @Override
    public Outcome learn(
            RefreshInput input, RefreshConfig config, Path work, ProgressListener progress)
            throws IOException {
        inputs.add(input);
        if (input.examples().size() < 4) {
            return new Outcome.Refused(
                    "4 examples are needed, there are " + input.examples().size(), new TreeMap<>());
        }
        Path checkpoint = work.resolve("step");
        int done = Files.exists(checkpoint) ? Integer.parseInt(Files.readString(checkpoint)) : 0;
        for (int step = done + 1; step <= config.ppo().steps(); step++) {
            progress.progress(
                    "ppo", step, config.ppo().steps(), Map.of("objective/kl", 0.5 * step), "");
            Files.writeString(checkpoint, String.valueOf(step));
            if (step == killedAfter) {
                throw new RunStoppedException(false);
            }
        }
        Path candidate = work.resolve("candidate");
        TinyPolicy.writeModel(candidate, input.seed());
        Path coach = Files.createDirectories(work.resolve("coach"));
        Files.writeString(coach.resolve("normalisation.json"), "{}");
        return new Outcome.Candidate(
                candidate, coach, new TreeMap<>(Map.of("gate/win", 0.7)), 2.5, 0.04, "anchors");
    }
}
