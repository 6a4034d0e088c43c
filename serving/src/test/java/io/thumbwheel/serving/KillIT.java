package io.thumbwheel.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// The packaged service, killed under load while Kafka is away.
class KillIT {
    private static final int READERS = 4;

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /// Asks, again and again, until nobody answers; remembers the answers that were told to the
    /// end.
    private void read() {
        try {
            while (true) {
                SseClient.Stream stream =
                        SseClient.chat(Requests.hello("\"max_tokens\":20,\"stream\":true"));
                if (stream.status() == 200 && stream.events().getLast().equals("[DONE]")) {
                    told.addAll(stream.ids());
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return; // it was killed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitTold(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> told.size() >= count);
    }

    private static double spooled() {
        return ServingProcess.metric("thumbwheel_journal_spool_events");
    }

    @Test
    void whatWasToldIsRecordedAndTheLastDecisionServesOn() throws Exception {
        try (ServingProcess serving = new ServingProcess("killed", Map.of());
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int reader = 0; reader < READERS; reader++) {
                readers.execute(this::read);
            }
            awaitTold(10);
            serving.platform().stopKafka();
            await().atMost(Duration.ofSeconds(30)).until(() -> spooled() > 0);
            awaitTold(told.size() + 10);

            serving.killAndStart();

            // Kafka is still away: what serves is known from the disk, and so is what it lacks.
            assertThat(spooled()).isPositive();
            Requests.chat(Requests.hello("\"max_tokens\":1"))
                    .statusCode(200)
                    .body("system_fingerprint", equalTo(ReleaseFolders.FIRST));
            serving.platform().startKafka();
            await().atMost(Duration.ofSeconds(60)).until(() -> spooled() == 0);
            assertThat(EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, serving.kafka()))
                    .extracting(answer -> answer.id().toString())
                    .containsAll(told);
        }
    }
}
