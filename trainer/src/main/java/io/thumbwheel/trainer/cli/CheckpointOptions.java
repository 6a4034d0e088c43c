package io.thumbwheel.trainer.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// What a training keeps of itself while it runs, and whether it goes on from that: options that
/// commands share whose checkpoints come every so many updates.
public final class CheckpointOptions {
    @Option(
            names = "--checkpoint-every",
            converter = Interval.class,
            description = "Updates between checkpoints; of each run the newest two are kept.")
    private int every = 50;

    @Option(
            names = "--resume",
            description =
                    "Go on with what an interrupted run left for --out, from its newest checkpoint; with the same options. The result is the same, bit for bit.")
    private boolean resume;

    /// Updates between checkpoints, above 0.
    public int every() {
        return every;
    }

    /// Whether to go on with what an interrupted run left.
    public boolean resume() {
        return resume;
    }

    /// Reads a number of updates.
    static final class Interval implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            int updates;
            try {
                updates = Integer.parseInt(text);
            } catch (NumberFormatException notNumber) {
                throw new TypeConversionException("a number of updates is needed, got " + text);
            }
            if (updates < 1) {
                throw new TypeConversionException("must be above 0, got " + updates);
            }
            return updates;
        }
    }
}
