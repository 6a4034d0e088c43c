package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What drawing a token leaves to the garbage collector, the engine not counted.
class AllocationTest {
    private static final int FROM = 2_000;
    private static final int TO = 6_000;

    /// Reads the scheduler thread's own count at two of its tokens.
    private static final class Measuring implements GenerationListener {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final CompletableFuture<Long> bytes = new CompletableFuture<>();
        private int tokens;
        private long before;

        @Override
        public boolean token(int id, float logProb, TopTokens top) {
            tokens++;
            if (tokens == FROM) {
                before = threads.getCurrentThreadAllocatedBytes();
            } else if (tokens == TO) {
                bytes.complete(threads.getCurrentThreadAllocatedBytes() - before);
            }
            return true;
        }

        @Override
        public void finished(FinishReason reason) {
            bytes.completeExceptionally(new AssertionError("ended: " + reason));
        }

        @Override
        public void failed(Exception cause) {
            bytes.completeExceptionally(cause);
        }
    }

    @Test
    void inSteadyStateATokenAllocatesNothing() throws Exception {
        PolicyHandle policy = new PolicyHandle("r0", new FlatPolicy(10));
        LogitRules rules = new LogitRules(0.5, 0.5, 1.1, Map.of(3, 1.0));
        List<Measuring> all = new ArrayList<>();
        try (Scheduler scheduler = new Scheduler(SchedulerConfig.defaults())) {
            for (int answer = 0; answer < 4; answer++) {
                Measuring measuring = new Measuring();
                all.add(measuring);
                scheduler.submit(
                        "one",
                        policy,
                        new GenerationRequest(
                                List.of(1, 2, 3),
                                new Sampling(
                                        answer % 2,
                                        0.9,
                                        5,
                                        0.01,
                                        7_900,
                                        List.of(),
                                        answer,
                                        answer < 2 ? rules : null,
                                        null),
                                0,
                                0,
                                answer == 3,
                                null),
                        measuring);
            }
            for (Measuring measuring : all) {
                long bytes = measuring.bytes.get(30, TimeUnit.SECONDS);
                // Each answer's own list of tokens grows in steps, 4 bytes a token; no more.
                long tokens = 4L * (TO - FROM);
                assertThat(bytes / tokens).isLessThan(16);
            }
        }
    }
}
