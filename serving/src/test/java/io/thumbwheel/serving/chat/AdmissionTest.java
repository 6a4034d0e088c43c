package io.thumbwheel.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.thumbwheel.serving.TestingConfig;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import io.thumbwheel.serving.journal.TestingJournal;
import io.thumbwheel.serving.limit.TestingLimits;
import io.thumbwheel.serving.web.ApiException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {
    @TempDir Path folder;

    private final Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());

    @AfterEach
    void stop() {
        scheduler.close();
    }

    private Admission admission(TestingJournal journal) {
        return new Admission(
                journal.journal(),
                TestingLimits.off(),
                scheduler,
                new Pace(),
                TestingConfig.of(Map.of()));
    }

    private static ApiException refused(Admission admission) {
        return catchThrowableOfType(ApiException.class, () -> admission.admit("one", 1));
    }

    @Test
    void whileNothingCanBeRecordedNothingIsBegun() throws Exception {
        try (TestingJournal journal = new TestingJournal(TestingJournal.AWAY, folder, "1K")) {
            Admission admission = admission(journal);
            assertThatCode(() -> admission.admit("one", 16)).doesNotThrowAnyException();

            for (int i = 0; i < 2; i++) {
                journal.journal()
                        .record(TestingJournal.answer("talk", "x".repeat(600)), Map.of())
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
            }

            assertThat(refused(admission).status()).isEqualTo(503);
            assertThat(refused(admission).code()).isEqualTo("journal_full");
            assertThat(refused(admission).retryAfter()).contains(Duration.ofSeconds(10));
            assertThat(refused(admission)).hasMessageContaining("serving.journal.spool");
        }
    }

    @Test
    void whenAStopBeginsNothingElseDoes() {
        try (TestingJournal journal = new TestingJournal(TestingJournal.AWAY, folder, "1M")) {
            Admission admission = admission(journal);

            admission.stopping(new ShutdownDelayInitiatedEvent());

            assertThat(refused(admission).status()).isEqualTo(503);
            assertThat(refused(admission).code()).isEqualTo("stopping");
            assertThat(catchThrowableOfType(ApiException.class, admission::open).code())
                    .as("before its body is read")
                    .isEqualTo("stopping");
            assertThat(refused(admission).retryAfter()).contains(Duration.ofSeconds(5));
        }
    }
}
