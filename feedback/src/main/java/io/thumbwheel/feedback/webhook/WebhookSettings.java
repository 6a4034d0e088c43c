package io.thumbwheel.feedback.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The webhooks of a platform, with secrets and mappings read from where the file says that they
/// are.
///
/// @param sources who may send, by the name in the path
/// @param endpoints who is told, by name
/// @param files all files that were read, which are looked at again for changes
record WebhookSettings(
        Map<String, Source> sources, Map<String, Endpoint> endpoints, Set<Path> files) {
    /// No webhooks at all.
    static final WebhookSettings NONE = new WebhookSettings(Map.of(), Map.of(), Set.of());

    /// Most deliveries a minute of a source that says nothing of it.
    private static final int PER_MINUTE = 6_000;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    WebhookSettings {
        sources = Map.copyOf(sources);
        endpoints = Map.copyOf(endpoints);
        files = Set.copyOf(files);
    }

    /// Who may send.
    ///
    /// @param key what its feedback is taken with
    /// @param signature how it proves itself
    /// @param secrets one, or two while they are exchanged
    /// @param mapping what its payloads mean
    /// @param perMinute most deliveries a minute
    record Source(
            ApiKey key, Kind signature, List<String> secrets, Mapping mapping, int perMinute) {
        Source {
            secrets = List.copyOf(secrets);
            if (perMinute < 1) {
                throw new IllegalArgumentException(
                        "per_minute must be at least 1, got " + perMinute);
            }
        }

        @Override
        public String toString() {
            return "source " + key.name();
        }
    }

    /// How a sender proves itself.
    enum Kind {
        /// Standard Webhooks.
        @JsonProperty("standard")
        STANDARD,
        /// `X-Hub-Signature-256`, as GitHub signs.
        @JsonProperty("github")
        GITHUB,
        /// `Authorization: Bearer`.
        @JsonProperty("bearer")
        BEARER
    }

    /// Who is told.
    ///
    /// @param url where
    /// @param secret signs
    /// @param events what about; all where empty
    /// @param allowPrivate whether its address may be of a private network
    record Endpoint(URI url, String secret, Set<OutgoingEvent.Kind> events, boolean allowPrivate) {
        Endpoint {
            events = Set.copyOf(events);
        }

        @Override
        public String toString() {
            return "endpoint " + url.getHost();
        }
    }

    /// Reads the file and what it refers to.
    ///
    /// @throws IOException where something is missing or wrong, in words
    static WebhookSettings read(Path file, Map<String, String> environment) throws IOException {
        Written written;
        try {
            written = MAPPER.readValue(Files.readAllBytes(file), Written.class);
        } catch (JsonProcessingException e) {
            throw new IOException("%s: %s".formatted(file, e.getOriginalMessage()), e);
        }
        Reader reader = new Reader(file, environment);
        Map<String, Source> sources = new HashMap<>();
        for (Map.Entry<String, WrittenSource> source : written.sources().entrySet()) {
            sources.put(source.getKey(), reader.source(source.getKey(), source.getValue()));
        }
        Map<String, Endpoint> endpoints = new HashMap<>();
        for (Map.Entry<String, WrittenEndpoint> endpoint : written.endpoints().entrySet()) {
            endpoints.put(
                    endpoint.getKey(), reader.endpoint(endpoint.getKey(), endpoint.getValue()));
        }
        return new WebhookSettings(sources, endpoints, reader.files);
    }

    private static final class Reader {
        private final Path folder;
        private final Map<String, String> environment;
        private final Set<Path> files = new HashSet<>();

        Reader(Path file, Map<String, String> environment) {
            this.folder = Objects.requireNonNull(file.toAbsolutePath().normalize().getParent());
            this.environment = environment;
            files.add(file.toAbsolutePath().normalize());
        }

        Source source(String name, WrittenSource written) throws IOException {
            String where = "source " + name;
            if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
                throw new IOException(where + ": a name is lower-case letters, digits and hyphens");
            }
            if (written.secrets().isEmpty() || written.secrets().size() > 2) {
                throw new IOException(where + ": one secret, or two while they are exchanged");
            }
            List<String> secrets = new ArrayList<>();
            for (SecretReference reference : written.secrets()) {
                secrets.add(secret(where, reference, written.signature() == Kind.STANDARD));
            }
            Path mapping = folder.resolve(written.mapping()).normalize();
            files.add(mapping);
            try {
                return new Source(
                        new ApiKey(
                                "webhook/" + name,
                                "",
                                written.tenant(),
                                Set.of(Role.FEEDBACK, Role.LABELER),
                                RaterKind.WEBHOOK),
                        written.signature(),
                        secrets,
                        Mapping.of(Files.readString(mapping)),
                        written.perMinute() == null ? PER_MINUTE : written.perMinute());
            } catch (IllegalArgumentException e) {
                throw new IOException("%s: %s: %s".formatted(where, mapping, e.getMessage()), e);
            }
        }

        Endpoint endpoint(String name, WrittenEndpoint written) throws IOException {
            String where = "endpoint " + name;
            String scheme = written.url().getScheme();
            if (written.url().getHost() == null
                    || !"https".equals(scheme)
                            && !("http".equals(scheme) && written.allowPrivate())) {
                throw new IOException(
                        where + ": url must be https://…; http://… only with allow_private");
            }
            return new Endpoint(
                    written.url(),
                    secret(where, written.secret(), true),
                    written.events(),
                    written.allowPrivate());
        }

        private String secret(String where, SecretReference reference, boolean standard)
                throws IOException {
            if (reference.file() != null) {
                files.add(folder.resolve(reference.file()).normalize());
            }
            try {
                String secret = reference.resolve(folder, environment);
                if (standard) {
                    StandardSignature.check(secret);
                } else if (secret.length() < 16) {
                    throw new IllegalArgumentException("a secret needs at least 16 characters");
                }
                return secret;
            } catch (IOException | IllegalArgumentException e) {
                throw new IOException("%s: %s".formatted(where, e.getMessage()), e);
            }
        }
    }

    /// The file as it is written.
    record Written(Map<String, WrittenSource> sources, Map<String, WrittenEndpoint> endpoints) {
        Written {
            sources = sources == null ? Map.of() : Map.copyOf(sources);
            endpoints = endpoints == null ? Map.of() : Map.copyOf(endpoints);
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record WrittenSource(
            @JsonProperty(required = true) String tenant,
            @JsonProperty(required = true) Kind signature,
            @JsonProperty(required = true) List<SecretReference> secrets,
            @JsonProperty(required = true) String mapping,
            @Nullable Integer perMinute) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record WrittenEndpoint(
            @JsonProperty(required = true) URI url,
            @JsonProperty(required = true) SecretReference secret,
            Set<OutgoingEvent.Kind> events,
            boolean allowPrivate) {
        WrittenEndpoint {
            events = events == null ? Set.of() : Set.copyOf(events);
        }
    }
}
