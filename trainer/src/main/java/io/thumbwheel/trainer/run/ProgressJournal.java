package io.thumbwheel.trainer.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.TrainingProgress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/// Tells the platform how runs get on: events on the training topic, and gauges named
/// `rlhf_<metric>` for Prometheus. A step's event may come again when a run is taken up again.
public final class ProgressJournal {
    private static final Logger LOG = Logger.getLogger(ProgressJournal.class);

    private final Producer<byte[], byte[]> producer;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<String, Double> gauges = new ConcurrentHashMap<>();

    /// @param producer an idempotent producer with acks=all; stays its owner's
    public ProgressJournal(Producer<byte[], byte[]> producer, MeterRegistry meters, Clock clock) {
        this.producer = producer;
        this.meters = meters;
        this.clock = clock;
    }

    /// A step is done. Does not wait for Kafka.
    public void step(String run, RunRecord.Progress step, String note) {
        step.metrics().forEach(this::gauge);
        producer.send(
                recordOf(run, step, note),
                (_, failure) -> {
                    if (failure != null) {
                        LOG.warnf(
                                "step %d of %s of %s is missing on %s: %s",
                                step.step(),
                                step.phase(),
                                run,
                                Topics.TRAINING.topic(),
                                failure.getMessage());
                    }
                });
    }

    /// A run ended; returns when Kafka has it.
    public void ended(String run, RunRecord.Progress last, String note) {
        try {
            producer.send(recordOf(run, last, note)).get(40, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ending " + run, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka did not take the end of %s: check that the broker runs".formatted(run),
                    e);
        }
    }

    private ProducerRecord<byte[], byte[]> recordOf(
            String run, RunRecord.Progress step, String note) {
        TrainingProgress event =
                new TrainingProgress(
                        run,
                        clock.instant(),
                        step.phase(),
                        step.step(),
                        step.steps(),
                        step.metrics(),
                        note);
        return new ProducerRecord<>(
                Topics.TRAINING.topic(),
                event.key().getBytes(StandardCharsets.UTF_8),
                EventCodec.encode(event));
    }

    private void gauge(String metric, double value) {
        if (gauges.put(metric, value) == null) {
            String name = metric.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", ".");
            meters.gauge("rlhf." + name, gauges, all -> all.getOrDefault(metric, Double.NaN));
        }
    }
}
