package io.thumbwheel.feedback.watch;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.feedback.statistics.Statistics;
import io.thumbwheel.feedback.trust.Assessment;
import io.thumbwheel.feedback.trust.Gold;
import io.thumbwheel.feedback.trust.Statement;
import io.thumbwheel.feedback.trust.TrustModel;
import io.thumbwheel.feedback.trust.TrustRules;
import io.thumbwheel.feedback.trust.Window;
import io.thumbwheel.feedback.trust.WindowLimits;
import io.thumbwheel.feedback.watch.TrustLog.NotWrittenException;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Reads the log on a thread of its own, assesses raters every so often, and publishes what has
/// changed where it is this replica's turn to. All of it is in memory; a start reads the window
/// anew and comes to the same weights.
@Startup
@ApplicationScoped
public class TrustWatch {
    private static final Logger LOG = Logger.getLogger(TrustWatch.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /// An assessment of much takes seconds: at most one part in so many of the time goes into it.
    private static final int LEAST_REST = 20;

    /// Whoever sends opinions and the join come first: at most one part in so many of the time goes
    /// into reading what they wrote.
    private static final int LEAST_REST_OF_READING = 8;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(8);

    private final FeedbackConfig feedback;
    private final TrustConfig config;
    private final TrustMetrics metrics;
    private final TrustRules rules;
    private final Clock clock = Clock.systemUTC();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private final TrustLog log;
    private volatile @Nullable LogReader reading;
    private volatile Standing standing = new Standing();
    private volatile Insight insight = Insight.none();

    TrustWatch(FeedbackConfig feedback, TrustConfig config, TrustMetrics metrics) {
        this.feedback = feedback;
        this.config = config;
        this.metrics = metrics;
        this.rules =
                new TrustRules(
                        true,
                        true,
                        true,
                        config.falseDiscoveries(),
                        config.networkShare(),
                        config.sourceShare());
        this.log = new TrustLog(feedback.kafka());
        this.thread = Thread.ofPlatform().daemon().name("trust").unstarted(this::run);
    }

    /// After Kafka is known to be there.
    void start(@Observes @Priority(20) StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        LogReader reader = reading;
        if (reader != null) {
            reader.wakeup();
        }
        if (!thread.join(STOP_TIMEOUT)) {
            LOG.warnf("the trust of raters is still being computed after %s", STOP_TIMEOUT);
        }
        log.close();
    }

    /// What is known.
    Insight insight() {
        return insight;
    }

    /// A rater as the operator sees one; empty of whom nothing is known.
    Optional<RaterView> view(String rater) {
        Assessment assessment = insight.assessments().get(rater);
        RaterTrust stands = standing.of(rater).orElse(null);
        return assessment == null && stands == null
                ? Optional.empty()
                : Optional.of(RaterView.of(assessment, stands));
    }

    /// What stands in the topic of a rater.
    Optional<RaterTrust> standing(String rater) {
        return standing.of(rater);
    }

    /// Writes what an operator decided; returns when Kafka has it.
    void write(RaterTrust trust) throws NotWrittenException {
        log.write(List.of(trust));
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void run() {
        while (!isStopping()) {
            try {
                watch();
            } catch (WakeupException e) {
                LOG.debug("woken up to stop");
            } catch (KafkaException | IllegalStateException e) {
                LOG.errorf(e, "raters are not being assessed; next attempt in %s", PAUSE);
                pause(PAUSE);
            }
        }
    }

    private void pause(Duration length) {
        try {
            if (stopping.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.debug("stopped while waiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        Window window =
                new Window(
                        new WindowLimits(
                                config.window(), config.maxCompletions(), config.maxOpinions()));
        Standing read = new Standing();
        try (LogReader reader =
                        new LogReader(feedback.kafka(), clock.instant().minus(config.window()));
                Leadership leadership = new Leadership(feedback.kafka())) {
            reading = reader;
            long nextAt = System.nanoTime();
            boolean caughtUp = false;
            while (!isStopping()) {
                ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
                long polled = System.nanoTime();
                records.forEach(record -> take(record, window, read));
                pause(
                        Duration.ofNanos(System.nanoTime() - polled)
                                .multipliedBy(LEAST_REST_OF_READING - 1));
                boolean leads = leadership.held();
                caughtUp = caughtUp || reader.lag() == 0;
                if (caughtUp && System.nanoTime() - nextAt >= 0) {
                    long begun = System.nanoTime();
                    assess(window, read, reader.lag(), leads);
                    long took = System.nanoTime() - begun;
                    nextAt = begun + Math.max(config.every().toNanos(), took * LEAST_REST);
                }
            }
        } finally {
            reading = null;
        }
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Window window, Standing read) {
        if (record.value() == null) {
            if (record.topic().equals(Topics.RATERS.topic())) {
                read.gone(new String(record.key(), StandardCharsets.UTF_8));
            }
            return;
        }
        try {
            Event event = EventCodec.decode(record.value());
            if (event instanceof CompletionServed served) {
                window.served(served);
            } else if (event instanceof FeedbackGiven given) {
                window.given(given);
            } else if (event instanceof RaterForgotten forgotten) {
                window.forget(forgotten.rater(), forgotten.at());
            } else if (event instanceof RaterTrust trust) {
                read.read(trust);
            }
        } catch (UnreadableEventException e) {
            // The join buries it with the reason.
            LOG.debugf("skipped an unreadable record of %s", record.topic());
        }
    }

    private void assess(Window window, Standing read, long lag, boolean leads) {
        window.trim();
        List<Statement> statements = window.statements();
        List<Assessment> assessments = TrustModel.assess(statements, gold().known(window), rules);
        Instant now = clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
        standing = read;
        insight =
                new Insight(
                        Insight.byRater(assessments),
                        read.all(),
                        Statistics.of(
                                window.completions(), statements, assessments, window.newest()),
                        lag,
                        window.evicted());
        metrics.show(insight);
        if (leads) {
            publish(assessments, read, now);
        }
    }

    private void publish(List<Assessment> assessments, Standing read, Instant now) {
        List<RaterTrust> changed = new ArrayList<>();
        for (Assessment one : assessments) {
            RaterTrust wanted = Verdicts.of(one, read.ruling(one.rater()).orElse(null), now);
            if (Verdicts.differ(wanted, read.of(one.rater()).orElse(null))) {
                changed.add(wanted);
            }
        }
        try {
            log.write(changed);
            metrics.published(changed.size());
        } catch (NotWrittenException e) {
            LOG.warnf("%s; tried again in %s", e.getMessage(), config.every());
        }
    }

    private Gold gold() {
        Optional<Path> file = config.gold();
        if (file.isEmpty()) {
            return Gold.NONE;
        }
        try {
            return Gold.parse(Files.readAllLines(file.get()));
        } catch (IOException | IllegalArgumentException e) {
            LOG.errorf(
                    "gold questions in %s (THUMBWHEEL_GOLD) cannot be read: %s; going on without",
                    file.get(), e.getMessage());
            return Gold.NONE;
        }
    }
}
