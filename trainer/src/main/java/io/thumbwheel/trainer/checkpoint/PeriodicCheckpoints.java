package io.thumbwheel.trainer.checkpoint;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// A checkpoint every so many updates, and one where the training is asked to stop.
public final class PeriodicCheckpoints implements Checkpointing {
    private final Checkpoints checkpoints;
    private final Optional<Path> begin;
    private final int every;
    private final BooleanSupplier stopping;
    private final Runnable metrics;
    private final PrintWriter out;

    /// @param every updates between checkpoints
    /// @param stopping whether to write one more and stop
    /// @param metrics writes what was measured so far, before each checkpoint
    /// @param out hears of every checkpoint
    public PeriodicCheckpoints(
            Checkpoints checkpoints,
            int every,
            BooleanSupplier stopping,
            Runnable metrics,
            PrintWriter out)
            throws IOException {
        this.checkpoints = checkpoints;
        this.every = every;
        this.stopping = stopping;
        this.metrics = metrics;
        this.out = out;
        this.begin = checkpoints.newest(out::println);
        begin.ifPresent(checkpoint -> out.printf("going on from %s%n", checkpoint));
        out.flush();
    }

    @Override
    public Optional<Path> begin() {
        return begin;
    }

    @Override
    public void updated(long update, Checkpoints.Content content) throws IOException {
        boolean stop = stopping.getAsBoolean();
        if (!stop && update % every != 0) {
            return;
        }
        metrics.run();
        try {
            checkpoints.write(update, content);
        } catch (IOException failed) {
            throw new IOException(
                    "the checkpoint of update %d cannot be written (%s): make room; --resume goes on from the one before"
                            .formatted(update, failed.getMessage()),
                    failed);
        }
        out.printf("checkpoint of update %d%n", update);
        out.flush();
        if (stop) {
            throw new CancellationException("stopped after update " + update);
        }
    }
}
