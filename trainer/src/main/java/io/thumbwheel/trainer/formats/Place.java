package io.thumbwheel.trainer.formats;

import java.nio.file.Path;

/// Where a row was read.
///
/// @param line from 1
public record Place(Path file, int line) {
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
