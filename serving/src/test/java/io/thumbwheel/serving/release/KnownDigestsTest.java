package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.ReleaseManifest.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownDigestsTest {
    private static final FileDigest ABC = // FIPS 180-2, B.1
            new FileDigest("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3);
    private static final FileDigest ABD =
            new FileDigest("a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9", 3);

    private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("file");
        Files.writeString(file, "abc");
    }

    /// Counts what it reads.
    private static final class Counting extends KnownDigests {
        private final List<Path> read = new ArrayList<>();

        Counting(Clock clock) {
            super(clock);
        }

        @Override
        FileDigest read(Path file) throws IOException {
            read.add(file);
            return super.read(file);
        }
    }

    @Test
    void aFileAtRestIsReadOnce() throws IOException {
        Counting digests = new Counting(LATER);

        assertThat(digests.of(file)).isEqualTo(ABC);
        assertThat(digests.of(file)).isEqualTo(ABC);
        assertThat(digests.read).hasSize(1);
    }

    @Test
    void oneThatWasWrittenToIsReadAgain() throws IOException {
        Counting digests = new Counting(LATER);
        FileTime time = Files.getLastModifiedTime(file);
        digests.of(file);

        Files.writeString(file, "abd");
        Files.setLastModifiedTime(file, time); // the size is the same, too

        assertThat(digests.of(file)).isEqualTo(ABD);
    }

    @Test
    void oneThatHasJustChangedIsNotTrusted() throws IOException {
        Counting digests = new Counting(Clock.systemUTC());

        digests.of(file);
        digests.of(file);

        assertThat(digests.read).hasSize(2);
    }

    @Test
    void oneThatIsGoneIsMissed() throws IOException {
        Counting digests = new Counting(LATER);
        digests.of(file);
        Files.delete(file);

        assertThatThrownBy(() -> digests.of(file)).isInstanceOf(NoSuchFileException.class);
    }
}
