package io.thumbwheel.feedback.bench;

import java.io.IOException;
import java.util.List;

/// One part of the benchmark; parts run one after the other on one platform.
public interface BenchPart {
    /// What it measures.
    List<Figure> measure(BenchPlatform platform) throws IOException, InterruptedException;
}
