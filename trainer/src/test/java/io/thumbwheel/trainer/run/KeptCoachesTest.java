package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeptCoachesTest {
    @TempDir private Path folder;

    @Test
    void thePromotedOneStaysUntilAnotherIsPromoted() throws IOException {
        KeptCoaches coaches = KeptCoaches.open(folder.resolve("coaches"));
        assertThat(coaches.earlier(Optional.empty())).isEmpty();

        coaches.keep("run-1", coach("one"), Optional.empty());
        assertThat(coaches.earlier(Optional.empty())).isEmpty();
        coaches.promoted("run-1");
        coaches.keep("run-2", coach("two"), Optional.of("run-1"));
        coaches.keep("run-3", coach("three"), Optional.of("run-1"));

        assertThat(coaches.earlier(Optional.empty())).contains("run-1");
        assertThat(coaches.folder("run-2")).doesNotExist();
        assertThat(coaches.folder("run-3").resolve("member-1/model")).hasContent("three");

        coaches.promoted("run-3");
        coaches.keep("run-4", coach("four"), Optional.of("run-3"));

        assertThat(KeptCoaches.open(folder.resolve("coaches")).earlier(Optional.of("run-0")))
                .contains("run-3");
        assertThat(coaches.folder("run-1")).doesNotExist();
    }

    @Test
    void ofAReleaseThatAnOperatorPromotedItIsThatOne() throws IOException {
        KeptCoaches coaches = KeptCoaches.open(folder.resolve("coaches"));
        coaches.keep("run-1", coach("one"), Optional.empty());
        coaches.promoted("run-1");
        coaches.keep("run-2", coach("two"), Optional.of("run-1"));

        assertThat(coaches.earlier(Optional.of("run-2"))).contains("run-2");
    }

    @Test
    void aCrashLeavesNoHalfOfOne() throws IOException {
        KeptCoaches coaches = KeptCoaches.open(folder.resolve("coaches"));
        Files.createDirectories(coaches.folder("run-1.part").resolve("member-1"));

        coaches.keep("run-1", coach("one"), Optional.empty());
        coaches.keep("run-1", coach("another"), Optional.empty());

        assertThat(coaches.folder("run-1").resolve("member-1/model")).hasContent("one");
        assertThat(coaches.folder("run-1.part")).doesNotExist();
    }

    private Path coach(String content) throws IOException {
        Path coach = folder.resolve("work-" + content);
        Files.createDirectories(coach.resolve("member-1"));
        Files.writeString(coach.resolve("member-1/model"), content);
        return coach;
    }
}
