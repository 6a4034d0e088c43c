package io.thumbwheel.feedback.webhook;

import io.thumbwheel.feedback.webhook.WebhookSender.Attempt;
import io.thumbwheel.feedback.webhook.WebhookSettings.Endpoint;
import io.thumbwheel.schemas.event.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;

/// Tells one endpoint, in order. How far it has come is the committed offset of its own consumer
/// group, moved only when the endpoint took a webhook or it is a dead letter: a restart goes on
/// where it was, and an endpoint that is new begins now.
final class EndpointWorker implements Runnable {
    static final List<Topics> SOURCES =
            List.of(Topics.RELEASES, Topics.TRAINING, Topics.RATERS, Topics.WEBHOOKS);

    private static final String ID = "webhook-id";

    private static final Logger LOG = Logger.getLogger(EndpointWorker.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String name;
    private final WebhookFile file;
    private final Consumer<String, byte[]> consumer;
    private final Producer<String, byte[]> dead;
    private final OutgoingEvents events;
    private final WebhookSender sender;
    private final List<Duration> retries;
    private final RandomGenerator random;

    EndpointWorker(
            String name,
            WebhookFile file,
            Consumer<String, byte[]> consumer,
            Producer<String, byte[]> dead,
            OutgoingEvents events,
            WebhookSender sender,
            List<Duration> retries) {
        this.name = name;
        this.file = file;
        this.consumer = consumer;
        this.dead = dead;
        this.events = events;
        this.sender = sender;
        this.retries = List.copyOf(retries);
        this.random = RandomGenerator.getDefault();
    }

    @Override
    public void run() {
        try (consumer) {
            consumer.subscribe(SOURCES.stream().map(Topics::topic).toList(), new FromNow());
            while (!Thread.currentThread().isInterrupted()
                    && file.settings().endpoints().containsKey(name)) {
                Map<TopicPartition, OffsetAndMetadata> told = new HashMap<>();
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    Optional<Message> message = message(record);
                    if (message.isPresent()) {
                        tell(message.get());
                        consumer.commitSync(Map.of(partition(record), next(record)));
                    }
                    told.put(partition(record), next(record));
                }
                if (!told.isEmpty()) {
                    consumer.commitSync(told);
                }
            }
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException _) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) {
            LOG.errorf(e, "webhooks to %s stopped; they go on in a moment", name);
        }
    }

    /// What a record has to tell this endpoint: an event of a kind that it wants, or what it is to
    /// be told again.
    private Optional<Message> message(ConsumerRecord<String, byte[]> record) {
        if (!record.topic().equals(Topics.WEBHOOKS.topic())) {
            return events.of(record)
                    .filter(event -> wants(event.kind()))
                    .map(event -> new Message(event.id(), event.payload()));
        }
        Header id = record.headers().lastHeader(ID);
        return name.equals(record.key()) && id != null
                ? Optional.of(
                        new Message(new String(id.value(), StandardCharsets.UTF_8), record.value()))
                : Optional.empty();
    }

    private boolean wants(OutgoingEvent.Kind kind) {
        Endpoint endpoint = file.settings().endpoints().get(name);
        return endpoint != null
                && (endpoint.events().isEmpty() || endpoint.events().contains(kind));
    }

    private void tell(Message message) throws InterruptedException {
        String reason = "";
        for (int attempt = 0; attempt <= retries.size(); attempt++) {
            Endpoint endpoint = file.settings().endpoints().get(name);
            if (endpoint == null) {
                return;
            }
            Duration after = Duration.ZERO;
            switch (sender.send(endpoint, message.id(), message.body())) {
                case Attempt.Taken() -> {
                    return;
                }
                case Attempt.Refused(var why) -> {
                    bury(message, why);
                    return;
                }
                case Attempt.Failed(var why, var notBefore) -> {
                    reason = why;
                    after = notBefore;
                }
            }
            if (attempt < retries.size()) {
                LOG.warnf("%s of %s: %s; trying again", message.id(), name, reason);
                Thread.sleep(pause(retries.get(attempt), after).toMillis());
            }
        }
        bury(message, "%s, at the last of %d attempts".formatted(reason, retries.size() + 1));
    }

    /// Between 1 and 1.2 times the pause, so that many do not come back at once; what the receiver
    /// asks for where that is longer, up to the longest pause.
    private Duration pause(Duration planned, Duration asked) {
        Duration longest = retries.getLast();
        Duration least = asked.compareTo(longest) > 0 ? longest : asked;
        Duration jittered = planned.plusMillis(random.nextLong(planned.toMillis() / 5 + 1));
        return jittered.compareTo(least) > 0 ? jittered : least;
    }

    private void bury(Message message, String reason) throws InterruptedException {
        LOG.errorf("%s of %s is a dead letter: %s", message.id(), name, reason);
        ProducerRecord<String, byte[]> letter =
                new ProducerRecord<>(Topics.WEBHOOKS_DEAD.topic(), name, message.body());
        letter.headers()
                .add("reason", reason.getBytes(StandardCharsets.UTF_8))
                .add(ID, message.id().getBytes(StandardCharsets.UTF_8));
        try {
            dead.send(letter).get();
        } catch (ExecutionException e) {
            throw new KafkaException("the dead letter could not be written", e.getCause());
        }
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private static OffsetAndMetadata next(ConsumerRecord<?, ?> record) {
        return new OffsetAndMetadata(record.offset() + 1);
    }

    /// A webhook: its id, the same at every attempt, and what is sent.
    private record Message(String id, byte[] body) {}

    /// Pins down where an endpoint that is new begins, so that a restart does not move it.
    private final class FromNow implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> known =
                    consumer.committed(new HashSet<>(partitions));
            Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
            for (TopicPartition partition : partitions) {
                if (known.get(partition) == null) {
                    first.put(partition, new OffsetAndMetadata(consumer.position(partition)));
                }
            }
            if (!first.isEmpty()) {
                consumer.commitSync(first);
            }
        }
    }
}
