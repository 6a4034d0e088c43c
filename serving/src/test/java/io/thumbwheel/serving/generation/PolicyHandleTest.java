package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PolicyHandleTest {
    /// Takes as long to close as the test wants.
    private static final class SlowlyClosed extends FlatPolicy {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch allowed = new CountDownLatch(1);

        SlowlyClosed() {
            super(10);
        }

        @Override
        public void close() {
            begun.countDown();
            try {
                assertThat(allowed.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aPolicyIsGoneWhenItIsClosedAndNotWhenItsLastUserLetsGo() throws Exception {
        SlowlyClosed policy = new SlowlyClosed();
        PolicyHandle handle = new PolicyHandle("r0", policy);
        assertThat(handle.acquire()).isTrue();
        handle.close();
        assertThat(handle.gone()).isFalse();

        Thread user = Thread.ofVirtual().start(handle::release);
        assertThat(policy.begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(handle.users()).isZero();
        assertThat(handle.acquire()).isFalse();
        assertThat(handle.gone()).isFalse();

        policy.allowed.countDown();
        assertThat(user.join(Duration.ofSeconds(20))).isTrue();
        assertThat(handle.gone()).isTrue();
    }
}
