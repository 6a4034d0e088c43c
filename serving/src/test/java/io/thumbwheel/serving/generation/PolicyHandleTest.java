package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
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
                allowed.await();
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
        policy.begun.await();
        assertThat(handle.users()).isZero();
        assertThat(handle.acquire()).isFalse();
        assertThat(handle.gone()).isFalse();

        policy.allowed.countDown();
        user.join();
        assertThat(handle.gone()).isTrue();
    }
}
