package io.thumbwheel.standalone.platform;

import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.schemas.process.Supervised;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// The broker's own process: `KafkaProcess FOLDER PORT CONTROLLER_PORT READY_FILE`. Writes the
/// ready file once the topics exist.
final class KafkaProcess {
    private KafkaProcess() {}

    static void main(String[] arguments) throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Supervised.onRelease(stop::countDown);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            stop.countDown();
                            awaitQuietly(stopped);
                        }));
        Path ready = Path.of(arguments[3]);
        Files.deleteIfExists(ready);
        try (EmbeddedKafka kafka =
                EmbeddedKafka.start(
                        Path.of(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]))) {
            kafka.createTopics();
            Files.writeString(ready, kafka.bootstrap());
            stop.await();
        } finally {
            stopped.countDown();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
