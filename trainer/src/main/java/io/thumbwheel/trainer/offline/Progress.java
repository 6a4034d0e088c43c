package io.thumbwheel.trainer.offline;

import io.thumbwheel.trainer.reward.RewardTraining;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/// Says every few seconds how far training is, how fast, and how long it will still take.
final class Progress {
    private static final long INTERVAL = 5_000_000_000L;

    private final PrintWriter out;
    private final LongSupplier nanos;
    private final int trainings;
    private final long start;
    private long last;

    /// @param trainings how many follow each other
    /// @param nanos time
    Progress(PrintWriter out, int trainings, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
        this.trainings = trainings;
        this.start = nanos.getAsLong();
        this.last = start;
    }

    /// An update of the training, counted from 0, is done.
    void stepped(int training, RewardTraining.Update update) {
        long now = nanos.getAsLong();
        if (now - last < INTERVAL && update.step() < update.steps()) {
            return;
        }
        last = now;
        double seconds = (now - start) / 1e9;
        double done = training + (double) update.step() / update.steps();
        double left = seconds / done * (trainings - done);
        out.printf(
                "%sstep %d of %d  loss %.3f  accuracy %.2f  %.2f steps/s  %s left%n",
                trainings > 1 ? "fold %d of %d  ".formatted(training + 1, trainings) : "",
                update.step(),
                update.steps(),
                update.loss(),
                update.accuracy(),
                done * update.steps() / Math.max(seconds, 1e-9),
                left < 90 ? "%.0f s".formatted(left) : "%.0f min".formatted(left / 60));
        out.flush();
    }
}
