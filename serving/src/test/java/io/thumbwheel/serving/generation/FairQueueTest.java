package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Sampling;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final PolicyHandle policy = new PolicyHandle("r0-00000000", ScriptedPolicy.counting(1));

    private Sequence from(String caller) {
        return new Sequence(
                caller,
                policy,
                new GenerationRequest(List.of(1), new Sampling(0, 1, 0, 0, 1, List.of(), 0), 0),
                new Heard(),
                0);
    }

    private int offers(FairQueue queue, String caller) {
        int taken = 0;
        while (queue.offer(from(caller))) {
            taken++;
        }
        return taken;
    }

    @Test
    void nobodyGetsAllPlaces() {
        FairQueue queue = new FairQueue(27);

        // 24 are 8 times the 3 that stay free.
        assertThat(offers(queue, "greedy")).isEqualTo(24);
        assertThat(offers(queue, "late")).isEqualTo(3);
        assertThat(queue.size()).isEqualTo(27);
    }

    @Test
    void whoeverWasServedComesLast() {
        FairQueue queue = new FairQueue(27);
        Sequence a1 = from("a");
        Sequence a2 = from("a");
        Sequence b1 = from("b");
        Sequence b2 = from("b");
        List.of(a1, a2, b1, b2).forEach(queue::offer);

        assertThat(queue.inTurn()).containsExactly(a1, b1, a2, b2);
        queue.served(a1);
        assertThat(queue.inTurn()).containsExactly(b1, a2, b2);
        queue.gone(b1);
        assertThat(queue.inTurn()).containsExactly(b2, a2);
        queue.served(b2);
        queue.served(a2);
        assertThat(queue.size()).isZero();
    }
}
