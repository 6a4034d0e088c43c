package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Asks the trainer, which alone knows what each release learned from.
final class Trainings {
    private static final Logger LOG = Logger.getLogger(Trainings.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Optional<URI> trainer;
    private final String key;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    private Trainings(Optional<URI> trainer, String key) {
        this.trainer = trainer;
        this.key = key;
    }

    /// @param trainer its address; empty where it must not be asked
    static Trainings at(Optional<URI> trainer, ApiKeys keys) {
        Optional<ApiKey> operator =
                keys.keys().stream().filter(key -> key.may(Role.OPERATOR)).findFirst();
        return new Trainings(
                operator.isPresent() ? trainer : Optional.empty(),
                operator.map(ApiKey::key).orElse(""));
    }

    /// The releases whose training data held one of the examples; empty where the trainer does not
    /// say.
    Optional<List<String>> releasesOf(List<String> exampleIds) {
        if (trainer.isEmpty()) {
            return Optional.empty();
        }
        URI uri =
                trainer.get()
                        .resolve(
                                exampleIds.stream()
                                        .map(id -> "id=" + id)
                                        .collect(
                                                Collectors.joining(
                                                        "&", "/v1/examples/releases?", "")));
        try {
            HttpResponse<byte[]> response =
                    http.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(TIMEOUT)
                                    .header("Authorization", "Bearer " + key)
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                LOG.warnf("the trainer answered %d about examples", response.statusCode());
                return Optional.empty();
            }
            List<String> releases = new ArrayList<>();
            for (JsonNode release : MAPPER.readTree(response.body()).path("releases")) {
                releases.add(release.asText());
            }
            return Optional.of(releases);
        } catch (IOException e) {
            LOG.warnf(
                    "the trainer at %s does not say what releases learned from: %s",
                    uri.getHost(), e);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
