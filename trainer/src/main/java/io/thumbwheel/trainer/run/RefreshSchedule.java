package io.thumbwheel.trainer.run;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Begins refreshes by count and by time, on a thread of its own; an ordinary run each, so that all
/// that holds for one that was asked for holds for these. Where the next one stands is read from
/// the runs and the dataset: a restart forgets nothing and begins nothing twice.
public final class RefreshSchedule {
    private static final long SECONDS_BETWEEN_LOOKS = 10;
    private static final Logger LOG = Logger.getLogger(RefreshSchedule.class);

    private final RefreshTriggers triggers;
    private final Dataset dataset;
    private final RunLog runs;
    private final Refreshes refreshes;
    private final Clock clock;
    private final Instant begun;
    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("refresh-triggers").factory());
    private String trouble = "";

    public RefreshSchedule(
            RefreshTriggers triggers,
            Dataset dataset,
            RunLog runs,
            Refreshes refreshes,
            Clock clock) {
        this.triggers = triggers;
        this.dataset = dataset;
        this.runs = runs;
        this.refreshes = refreshes;
        this.clock = clock;
        this.begun = clock.instant();
    }

    /// Takes up the run that was interrupted; from now on others begin by themselves.
    void start() {
        refreshes.resume();
        if (triggers.armed()) {
            LOG.infof("refreshes begin by themselves: %s", triggers);
            looking.scheduleWithFixedDelay(
                    this::lookAgain,
                    SECONDS_BETWEEN_LOOKS,
                    SECONDS_BETWEEN_LOOKS,
                    TimeUnit.SECONDS);
        }
    }

    /// Begins no more, and lets the running refresh go at its next step.
    void stop() throws InterruptedException {
        looking.shutdown();
        refreshes.stop();
        // A look under way still reads the dataset.
        if (!looking.awaitTermination(SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS)) {
            LOG.warn("the triggers of refreshes did not stop in time");
        }
    }

    /// Begins a run where one is due and none runs.
    ///
    /// @throws RefreshConflictException where nothing can be refreshed yet
    Optional<RunRecord> look() throws IOException {
        if (runs.unfinished().isPresent()) {
            return Optional.empty();
        }
        List<RunRecord> before = runs.list();
        Offsets seen = before.isEmpty() ? Offsets.none() : before.getLast().spec().until();
        Instant last = before.isEmpty() ? begun : before.getLast().spec().createdAt();
        Optional<Trigger> due = triggers.due(dataset.comparisonsSince(seen), last, clock.instant());
        return due.isEmpty()
                ? Optional.empty()
                : Optional.of(refreshes.begin(RefreshRequest.by(due.get())));
    }

    private void lookAgain() {
        try {
            look().ifPresent(run -> LOG.infof("%s began by %s", run.run(), run.spec().trigger()));
            trouble = "";
        } catch (IOException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(trouble)) {
                LOG.warnf("a refresh that is due cannot begin: %s", message);
                trouble = message;
            }
        }
    }
}
