package io.thumbwheel.trainer.offline;

import io.thumbwheel.trainer.reward.RewardTraining;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// One line for each update, by the names of TRL's `RewardTrainer` (huggingface/trl,
/// `reward_trainer.md`, "Logged metrics"), and the fold, counted from 1.
final class MetricsFile implements AutoCloseable {
    static final String HEADER =
            "step,epoch,loss,accuracy,margin,mean_reward,learning_rate,grad_norm,fold";

    private final BufferedWriter file;

    MetricsFile(Path path) throws IOException {
        file = Files.newBufferedWriter(path);
        file.write(HEADER + "\n");
    }

    /// An update of the training, counted from 0, is done.
    void stepped(int training, RewardTraining.Update update) {
        try {
            file.write(
                    "%d,%.4f,%.6f,%.4f,%.6f,%.6f,%.4e,%.4e,%d%n"
                            .formatted(
                                    update.step(),
                                    update.epoch(),
                                    update.loss(),
                                    update.accuracy(),
                                    update.margin(),
                                    update.meanReward(),
                                    update.learningRate(),
                                    update.gradientNorm(),
                                    training + 1));
            file.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
