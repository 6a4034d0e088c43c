package io.thumbwheel.feedback.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/// Requests over many connections, each sending the next one when the last is answered. As little
/// as can be over HTTP/1.1, since it shares the cores with what it measures.
final class HttpLoad {
    private static final int TIMEOUT_MILLIS = 30_000;

    private final int port;
    private final String key;
    private final String contentType;

    HttpLoad(int port, String key, String contentType) {
        this.port = port;
        this.key = key;
        this.contentType = contentType;
    }

    /// Answered requests a second.
    ///
    /// @param body by number of the request
    /// @throws IOException where an answer is none of 2xx
    double perSecond(String path, int connections, double seconds, LongFunction<byte[]> body)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        List<Future<Long>> answered = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                long first = (long) i << 32;
                answered.add(threads.submit(() -> connection(path, end, first, body)));
            }
            long requests = 0;
            for (Future<Long> each : answered) {
                requests += each.get();
            }
            return requests / ((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private long connection(String path, long end, long first, LongFunction<byte[]> body)
            throws IOException {
        long requests = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            do {
                byte[] bytes = body.apply(first + requests);
                out.write(request(path, bytes));
                out.flush();
                answer(in);
                requests++;
            } while (System.nanoTime() < end);
        }
        return requests;
    }

    private byte[] request(String path, byte[] body) {
        byte[] head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, key, contentType, body.length)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    private static void answer(InputStream in) throws IOException {
        String status = line(in);
        int length = 0;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
            chunked |= header.toLowerCase(Locale.ROOT).startsWith("transfer-encoding: chunked");
        }
        in.skipNBytes(length);
        while (chunked) {
            int chunk = Integer.parseInt(line(in), 16);
            in.skipNBytes(chunk);
            line(in);
            chunked = chunk > 0;
        }
        if (!status.startsWith("HTTP/1.1 2")) {
            throw new IOException("the service answered " + status);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the service closed a connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
