package io.thumbwheel.serving.release;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.UnreadableEventException;
import io.thumbwheel.serving.ServingConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/// The last rollout seen, on disk, so that a restart serves without Kafka. Kafka stays the truth:
/// what is read here only counts until the log has been read.
@Singleton
final class RolloutCache {
    private static final Logger LOG = Logger.getLogger(RolloutCache.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path file;

    @Inject
    RolloutCache(ServingConfig config) {
        this(config.state().resolve("rollout.json"));
    }

    RolloutCache(Path file) {
        this.file = file;
    }

    /// The state kept, if there is a readable one.
    Optional<RolloutState> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            ObjectNode kept = (ObjectNode) MAPPER.readTree(Files.readAllBytes(file));
            byte[] body = MAPPER.writeValueAsBytes(kept.get("decision"));
            return switch (EventCodec.decode(body)) {
                case RolloutDecision decision ->
                        Optional.of(new RolloutState(kept.path("revision").longValue(), decision));
                case io.thumbwheel.schemas.event.Event other -> {
                    LOG.warnf("%s holds %s; it is read anew from Kafka", file, other.key());
                    yield Optional.empty();
                }
            };
        } catch (IOException | ClassCastException | UnreadableEventException e) {
            LOG.warnf("%s is not readable, so Kafka must be read first: %s", file, e.getMessage());
            return Optional.empty();
        }
    }

    /// Keeps a state: written aside, synced, renamed.
    void write(RolloutState state) {
        RolloutDecision decision = state.decision();
        if (decision == null) {
            return;
        }
        try {
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            Files.createDirectories(folder);
            ObjectNode kept = MAPPER.createObjectNode();
            kept.put("revision", state.revision());
            kept.set("decision", MAPPER.readTree(EventCodec.encode(decision)));
            Path aside = folder.resolve(file.getFileName() + ".part");
            try (FileChannel channel =
                    FileChannel.open(
                            aside,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(MAPPER.writeValueAsBytes(kept)));
                channel.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warnf(
                    "cannot keep the rollout in %s, so a restart needs Kafka: %s",
                    file, e.getMessage());
        }
    }
}
