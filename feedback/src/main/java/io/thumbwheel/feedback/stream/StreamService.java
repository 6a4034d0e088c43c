package io.thumbwheel.feedback.stream;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.UnreadableEventException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Runs the join while the service runs.
@Startup
@ApplicationScoped
public class StreamService {
    private static final Logger LOG = Logger.getLogger(StreamService.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final FeedbackConfig config;
    private final KafkaStreams streams;

    StreamService(FeedbackConfig config, StreamCounts counts) {
        this.config = config;
        StreamLimits limits =
                new StreamLimits(
                        config.completionsKept(),
                        config.feedbackKept(),
                        config.promptsPerUser(),
                        config.commitInterval());
        streams =
                new KafkaStreams(FeedbackTopology.build(limits, counts), StreamSettings.of(config));
        streams.setUncaughtExceptionHandler(StreamService::failed);
    }

    void start(@Observes @Priority(10) StartupEvent event) {
        KafkaTopics.await(config.kafka(), config.startTimeout());
        streams.start();
    }

    void stop(@Observes ShutdownEvent event) {
        if (!streams.close(STOP_TIMEOUT)) {
            LOG.warnf(
                    "the join did not stop within %s; it rebuilds its state at the next start",
                    STOP_TIMEOUT);
        }
    }

    /// Where it is.
    public State state() {
        return streams.state();
    }

    /// What became of a feedback, as far as this instance's partitions know.
    ///
    /// @throws IllegalStateException while the join starts or its partitions move
    public Optional<FeedbackFate> fateOf(String feedbackId) {
        try {
            ReadOnlyKeyValueStore<String, byte[]> ledger = store(Ledger.STORE);
            byte[] entryKey = ledger.get(Ledger.IDS + feedbackId);
            if (entryKey == null) {
                return Optional.empty();
            }
            byte[] entry = ledger.get(Ledger.ENTRIES + StoredJson.read(entryKey, String.class));
            return Optional.ofNullable(entry)
                    .map(bytes -> StoredJson.read(bytes, Entry.class))
                    .map(found -> FeedbackFate.of(found, trustIn(found.feedback().rater())));
        } catch (InvalidStateStoreException e) {
            throw new IllegalStateException("the join's state cannot be read just now", e);
        }
    }

    /// Where the other instances are, as far as they have said (`thumbwheel.feedback.address`).
    public List<URI> others() {
        return streams.metadataForAllStreamsClients().stream()
                .map(StreamsMetadata::hostInfo)
                .map(host -> host.host() + ":" + host.port())
                .filter(host -> !host.equals(config.address().orElse("")))
                .distinct()
                .map(host -> URI.create("http://" + host))
                .toList();
    }

    private @Nullable RaterTrust trustIn(String rater) {
        ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> raters =
                streams.store(
                        StoreQueryParameters.fromNameAndType(
                                FeedbackTopology.RATERS,
                                QueryableStoreTypes.timestampedKeyValueStore()));
        ValueAndTimestamp<byte[]> newest = raters.get(rater);
        try {
            return newest != null && EventCodec.decode(newest.value()) instanceof RaterTrust trust
                    ? trust
                    : null;
        } catch (UnreadableEventException e) {
            LOG.warnf("the trust in a rater cannot be read: %s", e.getMessage());
            return null;
        }
    }

    private ReadOnlyKeyValueStore<String, byte[]> store(String name) {
        return streams.store(
                StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
    }

    private static StreamThreadExceptionResponse failed(Throwable cause) {
        LOG.error("the join failed and its thread starts anew", cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
