package io.thumbwheel.trainer.run;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// The one thread that computes with the training engine: whether gradients are recorded is a
/// property of the thread there. Of low priority, since chats share the machine.
public final class TrainingThread implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TrainingThread.class);

    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(1),
                    Thread.ofPlatform()
                            .daemon()
                            .name("training")
                            .priority(Thread.MIN_PRIORITY)
                            .factory());

    /// Runs `work` when the thread is free.
    ///
    /// @throws RejectedExecutionException where more than one piece of work waits
    public <T> Future<T> submit(Callable<T> work) {
        return executor.submit(work);
    }

    /// Asks the work to stop and waits for it, at most `patience`. What does not stop ends with the
    /// process: it is made to be taken up again.
    public void stop(Duration patience) throws InterruptedException {
        executor.shutdownNow();
        if (!executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.infof("the training thread did not stop within %s", patience);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
