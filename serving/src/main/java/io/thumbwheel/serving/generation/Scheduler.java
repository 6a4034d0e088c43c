package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogitRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Continuous batching in one thread for all resident policies: answers enter and leave the batch
/// between any two tokens (Orca, OSDI 2022, section 3.1: iteration-level scheduling).
///
/// Each turn gives every policy with work some time for prompts ([SchedulerConfig#prefill]) and one
/// decode step. Callers take turns ([FairQueue]); a policy whose slots are taken does not hold up
/// another's requests.
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final long IDLE_WAIT_MILLIS = 1_000;
    private static final long CLOSE_WAIT_MILLIS = 10_000;

    private static final long MOST_PAUSE_NANOS = 2_000_000;

    /// How many times longer prompts may be read where no answer stands still meanwhile.
    private static final int IDLE_PREFILL = 4;

    private final SchedulerConfig config;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final FairQueue waiting; // under lock
    private final DrainRate drainRate; // under lock
    private boolean closing; // under lock
    private final List<PolicyHandle> busy = new ArrayList<>(); // the thread's
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
            while (!closing && waiting.size() == 0 && busy.isEmpty()) {
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
        // 1. Whoever finds a slot leaves the queue, in turn.
        admit();

        // 2. Prompts are read, for no longer than answers may stand still.
        long nanos = prefillNanos();
        long start = System.nanoTime();
        boolean begun = false;
        for (int i = 0; i < busy.size(); i++) {
            begun |= busy.get(i).lane().read(nanos);
        }
        if (begun) {
            makeWay(System.nanoTime() - start);
        }

        // 3. Every answer whose prompt is read draws a token.
        int now = 0;
        for (int i = busy.size() - 1; i >= 0; i--) {
            Lane lane = busy.get(i).lane();
            lane.step();
            now += lane.running();
            if (lane.running() == 0) {
                busy.remove(i);
            }
        }
        running = now;
    }

    /// A forward pass takes all cores, and the kernel lets it have them for some milliseconds. So
    /// first texts are let out before the next one, for a quarter of the time that their prompts
    /// took: nobody's tokens come much later for it.
    private static void makeWay(long read) {
        LockSupport.parkNanos(Math.min(read / 4, MOST_PAUSE_NANOS));
    }

    /// The policies share the time; where nobody waits for a next token it is longer.
    private long prefillNanos() {
        boolean decoding = false;
        for (int i = 0; i < busy.size(); i++) {
            decoding |= busy.get(i).lane().decoding();
        }
        long all = config.prefill().toNanos() * (decoding ? 1 : IDLE_PREFILL);
        return all / Math.max(1, busy.size());
    }

    private void admit() {
        if (waiting() == 0) {
            return;
        }
        List<Sequence> admitted = new ArrayList<>();
        List<Sequence> gone = new ArrayList<>();
        long now = System.nanoTime();
        lock.lock();
        try {
            choose(now, admitted, gone);
        } finally {
            lock.unlock();
        }
        gone.forEach(this::dismiss);
        for (Sequence sequence : admitted) {
            if (!busy.contains(sequence.handle())) {
                busy.add(sequence.handle());
            }
            sequence.handle().lane().admit(sequence, now);
        }
        int before = running;
        running = before + admitted.size(); // and not only when their prompts are read
    }

    /// Takes from the queue, in turn, what has a slot, and what is not to wait any longer.
    private void choose(long now, List<Sequence> admitted, List<Sequence> gone) {
        Map<PolicyHandle, Integer> free = new HashMap<>();
        for (Sequence sequence : waiting.inTurn()) {
            PolicyHandle handle = sequence.handle();
            int left = free.computeIfAbsent(handle, one -> one.lane().free());
            if (sequence.cancelled() || late(sequence, now)) {
                gone.add(sequence);
                waiting.gone(sequence);
                handle.load().dequeued();
            } else if (left > 0) {
                free.put(handle, left - 1);
                admitted.add(sequence);
                waiting.served(sequence);
                handle.load().dequeued();
                drainRate.left(now);
            }
        }
    }

    private boolean late(Sequence sequence, long now) {
        return now - sequence.queuedAt() > config.longestWait().toNanos();
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
        busy.forEach(handle -> handle.lane().fail(cause));
        busy.clear();
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
