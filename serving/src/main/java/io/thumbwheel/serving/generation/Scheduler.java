package io.thumbwheel.serving.generation;

/// Continuous batching in one thread for all resident policies (Orca, OSDI 2022, section 3.1:
/// iteration-level scheduling).
public final class Scheduler implements AutoCloseable {
    /// Starts the thread.
    public Scheduler(SchedulerConfig config) {
        throw new UnsupportedOperationException("not written yet: " + config);
    }

    /// Queues an answer to be drawn. The generation holds a reference of the policy until it ended.
    ///
    /// @throws QueueFullException where as many wait as may
    /// @throws IllegalArgumentException where the prompt leaves no room for an answer in the
    ///   context, or has an id outside of the vocabulary
    /// @throws IllegalStateException where the policy or the scheduler is closed
    public Generation submit(
            PolicyHandle policy, GenerationRequest request, GenerationListener listener)
            throws QueueFullException {
        throw new UnsupportedOperationException("not written yet");
    }

    /// Sequences in a slot.
    public int running() {
        return 0;
    }

    /// Requests without a slot.
    public int waiting() {
        return 0;
    }

    /// Fails what runs and waits, and ends the thread.
    @Override
    public void close() {}
}
