package io.thumbwheel.schemas.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SupervisedTest {
    @Test
    void theEndOfThePipeStopsTheProcessAndThenEndsIt() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch halted = new CountDownLatch(1);
        PipedOutputStream supervisor = new PipedOutputStream();
        PipedInputStream pipe = new PipedInputStream(supervisor);

        Supervised.watch(pipe, stopped::countDown, Duration.ofMillis(20), halted::countDown);
        supervisor.write('x');
        supervisor.flush();
        boolean early = stopped.await(50, TimeUnit.MILLISECONDS);
        supervisor.close();

        assertThat(early).isFalse();
        assertThat(stopped.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(halted.await(5, TimeUnit.SECONDS)).isTrue();
    }
}
