package io.thumbwheel.trainer.reward;

import java.io.IOException;
import java.nio.file.Path;

/// A reward model was written by an earlier version of the trainer, in a way that is not read any
/// more.
public final class EarlierVersionException extends IOException {
    EarlierVersionException(Path file) {
        super(
                "%s was written by an earlier version and is not read any more: train the reward model again"
                        .formatted(file));
    }
}
