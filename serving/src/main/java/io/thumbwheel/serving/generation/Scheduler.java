package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogitRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Continuous batching in one thread for all resident policies: answers enter and leave the batch
/// between any two tokens (Orca, OSDI 2022, section 3.1: iteration-level scheduling).
///
/// Each turn gives every policy with work one prefill of fresh prompts, as far as slots and
/// [SchedulerConfig#prefillTokens] go, and one decode step. Callers take turns ([FairQueue]); a
/// policy whose slots are taken does not hold up another's requests.
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final long IDLE_WAIT_MILLIS = 1_000;
    private static final long CLOSE_WAIT_MILLIS = 10_000;

    private final SchedulerConfig config;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final FairQueue waiting; // under lock
    private final DrainRate drainRate; // under lock
    private boolean closing; // under lock
    private final Map<PolicyHandle, Lane> lanes = new LinkedHashMap<>(); // the thread's
    private volatile int running;
    private final Thread thread;

    /// Starts the thread.
    public Scheduler(SchedulerConfig config) {
        this.config = config;
        waiting = new FairQueue(config.maxWaiting());
        drainRate = new DrainRate(config.longestWait());
        thread = Thread.ofPlatform().name("generation").daemon(true).start(this::run);
    }

    /// Queues an answer to be drawn. The generation holds a reference of the policy until it ended.
    ///
    /// @param caller who asks: callers take turns
    /// @throws QueueFullException where as many wait as may
    /// @throws IllegalArgumentException where the prompt leaves no room for an answer in the
    ///   context, or has an id outside of the vocabulary
    /// @throws IllegalStateException where the policy or the scheduler is closed
    public Generation submit(
            String caller,
            PolicyHandle policy,
            GenerationRequest request,
            GenerationListener listener)
            throws QueueFullException {
        if (!policy.acquire()) {
            throw new IllegalStateException(
                    "policy " + policy.releaseId() + " is closed: route to another release");
        }
        boolean queued = false;
        try {
            check(policy.policy(), request);
            Sequence sequence = new Sequence(caller, policy, request, listener, System.nanoTime());
            enqueue(sequence);
            queued = true;
            return sequence;
        } finally {
            if (!queued) {
                policy.release();
            }
        }
    }

    /// Sequences in a slot.
    public int running() {
        return running;
    }

    /// Requests without a slot.
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /// Whether the thread lives: false before [#close] means a bug, and that serving is not
    /// healthy.
    public boolean alive() {
        return thread.isAlive();
    }

    /// Fails what runs and waits, and ends the thread.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void check(Policy policy, GenerationRequest request) {
        if (request.promptIds().size() >= policy.context()) {
            throw new IllegalArgumentException(
                    "the prompt has %d tokens, which leaves no room for an answer in a context of %d: shorten it"
                            .formatted(request.promptIds().size(), policy.context()));
        }
        request.promptIds().forEach(token -> requireKnown(policy, token));
        LogitRules rules = request.sampling().rules();
        if (rules != null) {
            rules.logitBias().keySet().forEach(token -> requireKnown(policy, token));
        }
    }

    private static void requireKnown(Policy policy, int token) {
        if (token < 0 || token >= policy.vocab()) {
            throw new IllegalArgumentException(
                    "token id %d is outside of the vocabulary of %d"
                            .formatted(token, policy.vocab()));
        }
    }

    private void enqueue(Sequence sequence) throws QueueFullException {
        lock.lock();
        try {
            if (closing || !thread.isAlive()) {
                throw new IllegalStateException("the scheduler is closed: the service is stopping");
            }
            if (!waiting.offer(sequence)) {
                throw new QueueFullException(
                        waiting.size(),
                        config.maxWaiting(),
                        drainRate.toDrain(waiting.size(), System.nanoTime()));
            }
            sequence.handle().load().enqueued();
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Exception cause = new IllegalStateException("serving stops");
        try {
            while (awaitWork()) {
                turn();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "the scheduler failed: restart serving", e);
            cause = new IllegalStateException("the scheduler failed: restart serving", e);
        } finally {
            abandon(cause);
        }
    }

    /// Returns when there is work, or false when closed.
    private boolean awaitWork() {
        lock.lock();
        try {
            while (!closing && waiting.size() == 0 && lanes.isEmpty()) {
                work.await(IDLE_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            }
            return !closing;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void turn() {
        Map<PolicyHandle, List<Sequence>> admitted = admissions();
        admitted.forEach((handle, fresh) -> lanes.computeIfAbsent(handle, Lane::new).admit(fresh));
        for (Iterator<Lane> all = lanes.values().iterator(); all.hasNext(); ) {
            Lane lane = all.next();
            lane.step();
            if (lane.running() == 0) {
                all.remove();
            }
        }
        running = lanes.values().stream().mapToInt(Lane::running).sum();
    }

    /// Takes from the queue, in turn, what has a slot and fits into this turn's prefill.
    private Map<PolicyHandle, List<Sequence>> admissions() {
        Map<PolicyHandle, List<Sequence>> admitted = new LinkedHashMap<>();
        List<Sequence> gone = new ArrayList<>();
        lock.lock();
        try {
            Set<PolicyHandle> full = new HashSet<>();
            long now = System.nanoTime();
            for (Sequence sequence : waiting.inTurn()) {
                if (sequence.cancelled() || late(sequence, now)) {
                    gone.add(sequence);
                    waiting.gone(sequence);
                    sequence.handle().load().dequeued();
                } else if (!full.contains(sequence.handle())) {
                    List<Sequence> fresh =
                            admitted.computeIfAbsent(sequence.handle(), _ -> new ArrayList<>());
                    if (fits(sequence, fresh)) {
                        fresh.add(sequence);
                        waiting.served(sequence);
                        sequence.handle().load().dequeued();
                        drainRate.left(now);
                    } else {
                        full.add(sequence.handle());
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        admitted.values().removeIf(List::isEmpty);
        gone.forEach(this::dismiss);
        long now = System.nanoTime();
        admitted.values().forEach(fresh -> fresh.forEach(sequence -> sequence.scheduled(now)));
        return admitted;
    }

    private boolean late(Sequence sequence, long now) {
        return now - sequence.queuedAt() > config.longestWait().toNanos();
    }

    private boolean fits(Sequence sequence, List<Sequence> fresh) {
        Lane lane = lanes.get(sequence.handle());
        int free = lane == null ? sequence.handle().policy().slots() : lane.free();
        if (fresh.size() >= free) {
            return false;
        }
        int longest = sequence.promptLength();
        for (Sequence other : fresh) {
            longest = Math.max(longest, other.promptLength());
        }
        return fresh.isEmpty() || longest * (fresh.size() + 1) <= config.prefillTokens();
    }

    private void dismiss(Sequence sequence) {
        if (sequence.cancelled()) {
            sequence.finish(FinishReason.CANCELLED);
        } else {
            sequence.fail(new QueueTimeoutException(config.longestWait()));
        }
        sequence.handle().release();
    }

    private void abandon(Exception cause) {
        lanes.values().forEach(lane -> lane.fail(cause));
        lanes.clear();
        running = 0;
        List<Sequence> left;
        lock.lock();
        try {
            closing = true;
            left = waiting.inTurn();
            waiting.clear();
        } finally {
            lock.unlock();
        }
        for (Sequence sequence : left) {
            sequence.handle().load().dequeued();
            sequence.fail(cause);
            sequence.handle().release();
        }
    }
}
