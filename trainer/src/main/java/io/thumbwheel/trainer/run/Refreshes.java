package io.thumbwheel.trainer.run;

import io.thumbwheel.trainer.ppo.ProgressListener;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Begins refreshes, one at a time, and takes up again the one that a stop or a crash interrupted.
public final class Refreshes {
    private static final Logger LOG = Logger.getLogger(Refreshes.class);

    private final RunPlan plan;
    private final RunLog runs;
    private final RefreshJob job;
    private final TrainingThread thread;
    private final ProgressJournal journal;
    private final Clock clock = Clock.systemUTC();
    private volatile String cancelled = "";
    private volatile boolean stopping;

    public Refreshes(
            RunPlan plan,
            RunLog runs,
            RefreshJob job,
            TrainingThread thread,
            ProgressJournal journal) {
        this.plan = plan;
        this.runs = runs;
        this.job = job;
        this.thread = thread;
        this.journal = journal;
    }

    /// Accepts a refresh: its data, seed and configuration are fixed and on disk when this returns.
    ///
    /// @throws RefreshConflictException where one runs, or nothing can be refreshed yet
    synchronized RunRecord begin(RefreshRequest request) throws IOException {
        Optional<RunRecord> running = runs.unfinished();
        if (running.isPresent()) {
            throw new RefreshConflictException(
                    "%s runs: wait for it, or stop it with DELETE /v1/runs/%s"
                            .formatted(running.get().run(), running.get().run()));
        }
        RunRecord run = RunRecord.accepted(plan.specOf(request));
        runs.save(run);
        LOG.infof("accepted %s: %s", run.run(), run.spec());
        thread.submit(() -> execute(run));
        return run;
    }

    /// Takes up the run that was interrupted, if there is one.
    public synchronized void resume() {
        runs.unfinished()
                .ifPresent(run -> {
                    LOG.infof("taking up %s again, attempt %d", run.run(), run.attempts() + 1);
                    thread.submit(() -> execute(run));
                });
    }

    /// Asks a run to end at its next step.
    ///
    /// @throws RefreshConflictException where it has ended
    void cancel(RunRecord run) {
        if (run.state() != RunRecord.State.RUNNING) {
            throw new RefreshConflictException(
                    "%s has ended, it is %s".formatted(run.run(), run.state()));
        }
        cancelled = run.run();
    }

    /// Lets the running refresh go at its next step; it is taken up again at the next start.
    public void stop() {
        stopping = true;
    }

    private Void execute(RunRecord accepted) throws IOException {
        RunRecord begun = accepted.begun();
        runs.save(begun);
        try {
            end(begun.run(), attempt(begun));
        } catch (RunStoppedException e) {
            if (e.forGood()) {
                end(begun.run(), RunRecord.Ending.cancelled());
            }
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            if (!stopping) {
                LOG.errorf(e, "%s failed", begun.run());
                end(begun.run(), RunRecord.Ending.failed(String.valueOf(e.getMessage())));
            }
        }
        return null;
    }

    private RunRecord.Ending attempt(RunRecord begun) throws IOException {
        if (begun.attempts() > plan.attempts()) {
            return RunRecord.Ending.failed(
                    "its process ended in the middle of it %d times: look for the cause in the trainer's log, then start a new refresh"
                            .formatted(plan.attempts()));
        }
        return job.execute(begun.spec(), runs.work(begun.run()), listenerOf(begun.run()));
    }

    private ProgressListener listenerOf(String run) {
        return (phase, step, steps, metrics, note) -> {
            if (stopping || Thread.currentThread().isInterrupted()) {
                throw new RunStoppedException(false);
            }
            if (run.equals(cancelled)) {
                throw new RunStoppedException(true);
            }
            RunRecord.Progress progress = RunRecord.Progress.of(phase, step, steps, metrics);
            runs.note(known(run).at(progress));
            runs.step(
                    run,
                    new StepLog.Step(
                            clock.instant(), phase, step, steps, progress.metrics(), note));
            journal.step(run, progress, note);
        };
    }

    private void end(String run, RunRecord.Ending ending) throws IOException {
        RunRecord before = known(run);
        String reason = ending.reason() == null ? "" : ending.reason();
        String release = ending.release() == null ? "" : ending.release();
        RunRecord.Progress last =
                new RunRecord.Progress(nameOf(ending.state()), 1, 1, ending.scores());
        journal.ended(run, last, reason.isEmpty() ? release : reason);
        RunRecord ended =
                before.at(last).ended(ending, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        runs.save(ended);
        if (ending.state() != RunRecord.State.FAILED) {
            runs.clean(run);
        }
        LOG.infof("%s is %s: %s %s", run, nameOf(ending.state()), release, reason);
    }

    private RunRecord known(String run) {
        return runs.find(run).orElseThrow();
    }

    private static String nameOf(RunRecord.State state) {
        return switch (state) {
            case RUNNING -> "running";
            case PROMOTED -> "promoted";
            case PUBLISHED -> "published";
            case REFUSED -> "refused";
            case FAILED -> "failed";
            case CANCELLED -> "cancelled";
        };
    }
}
