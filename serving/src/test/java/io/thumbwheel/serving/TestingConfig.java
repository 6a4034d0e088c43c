package io.thumbwheel.serving;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/// The configuration as the service reads it, from what a test says.
public final class TestingConfig {
    private TestingConfig() {}

    /// The defaults, but for these.
    public static ServingConfig of(Map<String, String> more) {
        Map<String, String> values =
                new HashMap<>(
                        Map.of(
                                "serving.replica", "one",
                                "serving.kafka", "localhost:9092",
                                "serving.keys", "keys.json",
                                "serving.releases", "releases",
                                "serving.state", "state"));
        values.putAll(more);
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ServingConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build()
                .getConfigMapping(ServingConfig.class);
    }
}
