package io.thumbwheel.feedback.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the platform is: what `./thumbwheel up` wrote into its data folder, unless options and the
/// environment say otherwise.
final class RunningPlatform {
    private static final String KEY = "THUMBWHEEL_KEY";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder of a platform on this machine (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Feedback service elsewhere; its API key comes from the environment, "
                            + KEY
                            + ".")
    private @Nullable URI url;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Kafka elsewhere.")
    private @Nullable String kafka;

    URI feedback() throws IOException {
        return url != null ? url : URI.create(endpoints().path("feedback").asText());
    }

    /// A key that may import.
    String key() throws IOException {
        String own = System.getenv(KEY);
        if (own != null && !own.isBlank()) {
            return own;
        }
        if (url != null) {
            throw new IOException(
                    "set " + KEY + " to an API key with the role labeler or operator");
        }
        return endpoints().path("keys").path("operator").asText();
    }

    String kafka() throws IOException {
        return kafka != null ? kafka : endpoints().path("kafka").asText();
    }

    private JsonNode endpoints() throws IOException {
        Path file = data.resolve("endpoints.json");
        if (!Files.exists(file)) {
            throw new IOException(
                    "no platform runs on %s (it has no endpoints.json): start it with ./thumbwheel up, or name another folder with --data, or an address with --url and --kafka"
                            .formatted(data.toAbsolutePath()));
        }
        return JsonMapper.builder().build().readTree(Files.readAllBytes(file));
    }
}
