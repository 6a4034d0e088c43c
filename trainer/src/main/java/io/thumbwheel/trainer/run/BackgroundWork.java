package io.thumbwheel.trainer.run;

import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;

/// What goes on behind the HTTP interface, and the order in which it starts and stops.
public final class BackgroundWork {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Dataset dataset;
    private final Intake intake;
    private final RefreshSchedule schedule;
    private final TrainingThread thread;
    private final Producer<byte[], byte[]> producer;

    public BackgroundWork(
            Dataset dataset,
            Intake intake,
            RefreshSchedule schedule,
            TrainingThread thread,
            Producer<byte[], byte[]> producer) {
        this.dataset = dataset;
        this.intake = intake;
        this.schedule = schedule;
        this.thread = thread;
        this.producer = producer;
    }

    /// Reads the log; takes up the run that was interrupted, and begins others when they are due.
    void start() {
        intake.start();
        schedule.start();
    }

    /// Ends between two steps of the run, which is taken up at the next start.
    void stop() throws InterruptedException {
        schedule.stop();
        intake.close();
        thread.stop(PATIENCE);
        producer.close(PATIENCE);
        dataset.close();
    }
}
