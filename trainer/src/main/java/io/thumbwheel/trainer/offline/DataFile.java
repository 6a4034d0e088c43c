package io.thumbwheel.trainer.offline;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file that a run has read, as its record names it.
record DataFile(String file, String sha256) {

    /// All of them, in order.
    static List<DataFile> of(List<Path> files) throws IOException {
        List<DataFile> named = new ArrayList<>();
        for (Path file : files) {
            named.add(new DataFile(file.toString(), ReleaseManifest.FileDigest.of(file).sha256()));
        }
        return named;
    }
}
