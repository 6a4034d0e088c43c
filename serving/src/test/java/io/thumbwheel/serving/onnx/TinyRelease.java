package io.thumbwheel.serving.onnx;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/// Where the releases lie that the trainer's `TinyReleaseTest` made: random letters from random
/// weights, bytes as tokens.
public final class TinyRelease {
    /// Ids r0-… and r1-…: the same form, other weights.
    public static final Path FOLDER = resource("/tiny-release");

    public static final Path NEXT = resource("/tiny-release-next");

    /// Id r2-…: one with int8 and int4 graphs.
    public static final Path QUANTISED = resource("/tiny-release-quantised");

    private TinyRelease() {}

    public static ReleaseManifest manifest(Path folder) {
        try {
            return ReleaseManifest.read(folder);
        } catch (IOException e) {
            throw new IllegalStateException("the test resource " + folder + " is damaged", e);
        }
    }

    private static Path resource(String name) {
        URL url = Objects.requireNonNull(TinyRelease.class.getResource(name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no path: " + url, e);
        }
    }
}
