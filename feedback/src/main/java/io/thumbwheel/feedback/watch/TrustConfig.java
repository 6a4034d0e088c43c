package io.thumbwheel.feedback.watch;

import io.quarkus.runtime.annotations.StaticInitSafe;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Settings of trust and statistics.
@StaticInitSafe
@ConfigMapping(prefix = "thumbwheel.trust")
public interface TrustConfig {
    /// How often raters are assessed anew, where something was said.
    @WithDefault("30s")
    Duration every();

    /// How far back opinions count.
    @WithDefault("31d")
    Duration window();

    /// Most completions remembered, the newest.
    @WithDefault("50000")
    int maxCompletions();

    /// Most opinions remembered, the newest.
    @WithDefault("200000")
    int maxOpinions();

    /// File of gold questions, read anew at every assessment (`THUMBWHEEL_GOLD`).
    Optional<Path> gold();

    /// Share of honest raters among those whom a test sets aside, at most and on average.
    @WithDefault("0.01")
    double falseDiscoveries();

    /// Least share of all weight that one network may have.
    @WithDefault("0.1")
    double networkShare();

    /// Least share of all weight that one source, a tenant, may have; 1 caps none.
    @WithDefault("0.5")
    double sourceShare();
}
