package io.thumbwheel.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.serving.TestingConfig;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import io.thumbwheel.serving.journal.TestingJournal;
import io.thumbwheel.serving.web.ApiException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {
    @TempDir Path folder;

    @Test
    void whileNothingCanBeRecordedNothingIsBegun() throws Exception {
        try (Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());
                TestingJournal journal = new TestingJournal(TestingJournal.AWAY, folder, "1K")) {
            Answers answers =
                    new Answers(
                            scheduler,
                            journal.journal(),
                            new ChatMetrics(new SimpleMeterRegistry(), scheduler),
                            Clock.systemUTC(),
                            TestingConfig.of(Map.of()));
            assertThatCode(answers::admit).doesNotThrowAnyException();

            for (int i = 0; i < 2; i++) {
                journal.journal()
                        .record(TestingJournal.answer("talk", "x".repeat(600)))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
            }
            ApiException refused = catchThrowableOfType(ApiException.class, answers::admit);

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("journal_full");
            assertThat(refused.retryAfter()).contains(Duration.ofSeconds(10));
            assertThat(refused).hasMessageContaining("serving.journal.spool");
        }
    }
}
