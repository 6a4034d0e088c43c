package io.thumbwheel.serving.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    @TempDir Path folder;

    private static SpooledEvent event(String key, String body) {
        return new SpooledEvent(
                1_000,
                "completions.v1",
                key,
                Map.of("traceparent", "of " + key),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> wave(Spool spool) throws Exception {
        return spool.wave(Duration.ZERO.plusMillis(1)).stream()
                .map(event -> event.key() + "=" + new String(event.body(), StandardCharsets.UTF_8))
                .toList();
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    @Test
    void aWaveIsInOrderAndHasNoKeyTwice() throws Exception {
        try (Spool spool = Spool.open(folder, 1_000)) {
            spool.append(List.of(event("a", "1"), event("b", "2")));
            spool.append(List.of(event("a", "3"), event("c", "4")));

            assertThat(wave(spool)).containsExactly("a=1", "b=2");
            spool.drop(1);
            assertThat(wave(spool)).containsExactly("b=2", "a=3", "c=4");
            spool.drop(3);

            assertThat(wave(spool)).isEmpty();
            assertThat(spool.bytes()).isZero();
            assertThat(spool.oldest()).isEmpty();
            assertThat(files("")).isEmpty();
        }
    }

    @Test
    void whatWasAppendedIsThereWhenItIsOpenedAgain() throws Exception {
        long bytes;
        try (Spool spool = Spool.open(folder, 1_000)) {
            spool.append(List.of(event("a", "1"), event("b", "2")));
            spool.append(List.of(event("a", "3")));
            bytes = spool.bytes();
        }

        try (Spool spool = Spool.open(folder, 1_000)) {
            assertThat(spool.events()).isEqualTo(3);
            assertThat(spool.bytes()).isEqualTo(bytes);
            assertThat(spool.oldest()).contains(Instant.ofEpochMilli(1_000));
            spool.append(List.of(event("c", "4")));
            spool.drop(2);
            assertThat(wave(spool)).containsExactly("a=3", "c=4");
            assertThat(spool.wave(Duration.ofMillis(1)))
                    .extracting(event -> event.headers().get("traceparent"))
                    .containsExactly("of a", "of c");
        }
    }

    @Test
    void anEventOfAnotherFormIsNamedForWhatItIs() {
        byte[] other = event("a", "1").toBytes();
        other[0] = 7;

        assertThatThrownBy(() -> SpooledEvent.ofBytes(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("form 7 and not 1")
                .hasMessageContaining("run that one until Kafka has its events");
    }

    @Test
    void aTornEndIsCutOff() throws Exception {
        long bytes;
        try (Spool spool = Spool.open(folder, 1_000)) {
            spool.append(List.of(event("a", "1"), event("b", "2")));
            bytes = spool.bytes();
        }
        Path file = files(".events").getFirst();
        byte[] whole = Files.readAllBytes(file);
        byte[] second = Arrays.copyOfRange(whole, whole.length / 2, whole.length);

        // Every way in which a third record, here a copy of the second, can be cut short.
        for (int torn = 1; torn < second.length; torn++) {
            Files.write(file, whole);
            Files.write(file, Arrays.copyOf(second, torn), StandardOpenOption.APPEND);
            try (Spool spool = Spool.open(folder, 1_000)) {
                assertThat(wave(spool)).containsExactly("a=1", "b=2");
                assertThat(spool.bytes()).isEqualTo(bytes);
            }
            assertThat(Files.size(file)).isEqualTo(bytes);
        }
        assertThat(files(".damaged")).isEmpty();
    }

    @Test
    void aDamagedFileInTheMiddleIsKeptAsItWas() throws Exception {
        String large = "x".repeat(1 << 20); // closes a file
        try (Spool spool = Spool.open(folder, 1_000)) {
            spool.append(List.of(event("a", large)));
            spool.append(List.of(event("b", "2")));
        }
        Path first = files(".events").getFirst();
        byte[] bytes = Files.readAllBytes(first);
        bytes[1_000] ^= 1;
        Files.write(first, bytes);

        try (Spool spool = Spool.open(folder, 1_000)) {
            assertThat(wave(spool)).containsExactly("b=2");
        }

        assertThat(Files.readAllBytes(files(".damaged").getFirst())).isEqualTo(bytes);
    }

    @Test
    void itIsFullFromItsLimitOnAndStillTakesWhatHasBegun() throws Exception {
        try (Spool spool = Spool.open(folder, 200)) {
            spool.append(List.of(event("a", "x".repeat(50))));
            assertThat(spool.full()).isFalse();

            spool.append(List.of(event("a", "y".repeat(50))));
            assertThat(spool.full()).isTrue();
            spool.append(List.of(event("a", "z")));
            assertThat(spool.events()).isEqualTo(3);

            spool.drop(2);
            assertThat(spool.full()).isFalse();
        }
    }
}
