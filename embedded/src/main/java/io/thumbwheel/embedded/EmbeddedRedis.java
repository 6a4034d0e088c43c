package io.thumbwheel.embedded;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/// One Redis server, a process of its own on the loopback address, held by a pipe on its standard
/// input: it stops when the pipe ends, also after a kill of the process that started it. Keeps an
/// append-only file, flushed every second, and at most 256 MB.
public final class EmbeddedRedis implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private EmbeddedRedis(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts the server and returns once it answers.
    ///
    /// @param folder holds its data and log; made where missing
    /// @param port 0 takes a free one
    /// @throws IOException where it does not start; says why
    @MustBeClosed
    public static EmbeddedRedis start(Path folder, int port) throws IOException {
        int taken = Ports.orFree(port);
        Files.createDirectories(folder);
        Path log = folder.resolve("redis.log");
        Process process =
                new ProcessBuilder(command(folder, taken))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        EmbeddedRedis redis = new EmbeddedRedis(process, taken);
        long end = System.nanoTime() + START.toNanos();
        while (!answers(taken)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                redis.close();
                throw new IOException(
                        "Redis did not start on port %d: %s"
                                .formatted(taken, Files.readString(log).strip()));
            }
            Pause.brief();
        }
        return redis;
    }

    /// The command that runs a server held by its standard input.
    ///
    /// @throws IOException where the binary cannot be unpacked into `folder`
    public static List<String> command(Path folder, int port) throws IOException {
        Files.createDirectories(folder);
        return HeldCommand.of(
                binary(folder).toString(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toAbsolutePath().toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--maxmemory",
                "256mb",
                "--maxmemory-policy",
                "allkeys-lru");
    }

    /// Whether a Redis server answers on the port.
    public static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    /// Where clients connect.
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /// Lets go of the pipe and waits until the server has written its data and ended.
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }

    /// The server's binary, unpacked into `folder` from the Maven artifact where it is not there.
    private static Path binary(Path folder) throws IOException {
        OsArchitecture machine = OsArchitecture.detectOSandArchitecture();
        @Nullable String resource = ExecutableProvider.newProvidedVersionsMap().get(machine);
        if (resource == null) {
            throw new FileNotFoundException(
                    "no Redis binary for " + machine.os + " " + machine.arch);
        }
        Path binary = folder.toAbsolutePath().resolve("redis-server");
        if (Files.isExecutable(binary)) {
            return binary;
        }
        Path aside = Files.createTempFile(folder, "redis-server", ".part");
        try (@Nullable InputStream in =
                ExecutableProvider.class.getResourceAsStream(absolute(resource))) {
            if (in == null) {
                throw new FileNotFoundException("embedded-redis has no resource " + resource);
            }
            Files.copy(in, aside, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!aside.toFile().setExecutable(true, true)) {
            throw new IOException("cannot make " + aside + " executable");
        }
        return Files.move(aside, binary, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String absolute(String resource) {
        return resource.startsWith("/") ? resource : "/" + resource;
    }
}
