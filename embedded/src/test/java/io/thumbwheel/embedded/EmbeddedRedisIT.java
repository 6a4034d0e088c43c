package io.thumbwheel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRedisIT {
    @TempDir Path folder;

    @Test
    void dataSurvivesARestart() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder, 0)) {
            assertThat(ask(redis, "SET thumb up")).isEqualTo("+OK");
        }

        try (EmbeddedRedis redis = EmbeddedRedis.start(folder, 0)) {
            assertThat(ask(redis, "GET thumb")).isEqualTo("$2");
        }
    }

    @Test
    void aClosedServerLeavesItsPort() throws Exception {
        int port;
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder, 0)) {
            port = URI.create(redis.url()).getPort();
            assertThat(EmbeddedRedis.answers(port)).isTrue();
        }

        await().atMost(Duration.ofSeconds(5)).until(() -> !EmbeddedRedis.answers(port));
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("Address already in use");
        }
    }

    private void start(int port) throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder, port)) {
            throw new AssertionError("started on a taken port: " + redis.url());
        }
    }

    private static String ask(EmbeddedRedis redis, String command) throws IOException {
        URI url = URI.create(redis.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort());
                BufferedReader answers =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(answers.readLine());
        }
    }
}
