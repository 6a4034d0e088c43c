package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Sampling;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// A scheduler, and how it is asked.
abstract class SchedulerRunning {
    Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());

    @AfterEach
    void stop() {
        scheduler.close();
        assertThat(scheduler.alive()).isFalse();
    }

    final Heard submit(PolicyHandle policy, Sampling sampling, int... prompt)
            throws QueueFullException {
        Heard heard = new Heard();
        List<Integer> ids = Arrays.stream(prompt).boxed().toList();
        scheduler.submit("one", policy, new GenerationRequest(ids, sampling, 0), heard);
        return heard;
    }

    static PolicyHandle handle(Policy policy) {
        return new PolicyHandle("r0-00000000", policy);
    }

    static Sampling greedy(int maxTokens) {
        return new Sampling(0, 1, 0, 0, maxTokens, List.of(), 0);
    }

    static Sampling drawn(long seed, int maxTokens) {
        return new Sampling(1, 1, 0, 0, maxTokens, List.of(), seed);
    }
}
