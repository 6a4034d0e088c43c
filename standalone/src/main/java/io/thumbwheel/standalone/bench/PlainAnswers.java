package io.thumbwheel.standalone.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Answers that are asked for at once, each over a connection of its own, all read by one thread
/// that looks only at how each begins and ends: as little as can be, since it shares the cores with
/// what it measures.
///
/// @param server where to
/// @param key the API key to come with
/// @param patience how long until all must have ended
record PlainAnswers(URI server, String key, Duration patience) {
    private static final int TAIL = 64;
    private static final long PAUSE_NANOS = 1_000_000;

    /// One answer and the last it said.
    private static final class Reply {
        private final StringBuilder said = new StringBuilder();
        private boolean begun;

        void read(ByteBuffer bytes) throws IOException {
            said.append(StandardCharsets.ISO_8859_1.decode(bytes));
            if (!begun) {
                if (said.indexOf("HTTP/1.1 200") != 0) {
                    throw new IOException("an answer was refused: " + said);
                }
                begun = true;
            }
            said.delete(0, Math.max(0, said.length() - TAIL));
        }

        void end(String last) throws IOException {
            if (said.indexOf(last) < 0) {
                throw new IOException("an answer ended with " + said);
            }
        }
    }

    /// Asks for all and returns when all have ended well.
    ///
    /// @param bodies of the requests, JSON
    /// @param last what each ends with
    /// @throws IOException where one does not end well, or not in time
    void read(List<byte[]> bodies, String last) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        try (Selector selector = Selector.open()) {
            try {
                for (byte[] body : bodies) {
                    open(selector, body);
                }
                ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
                int running = bodies.size();
                while (running > 0) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0 || selector.select(left) == 0) {
                        throw new IOException(
                                "%d answers have not ended after %d s"
                                        .formatted(running, patience.toSeconds()));
                    }
                    for (SelectionKey ready : selector.selectedKeys()) {
                        running -= advance(ready, bytes, last) ? 0 : 1;
                    }
                    selector.selectedKeys().clear();
                    LockSupport.parkNanos(PAUSE_NANOS); // so that one wake-up reads many of them
                }
            } finally {
                for (SelectionKey open : selector.keys()) {
                    open.channel().close();
                }
            }
        }
    }

    private void open(Selector selector, byte[] body) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            ask(channel, body);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Reply());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void ask(SocketChannel channel, byte[] body) throws IOException {
        channel.socket()
                .connect(
                        new InetSocketAddress(server.getHost(), server.getPort()),
                        Math.toIntExact(patience.toMillis()));
        byte[] head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(server.getAuthority(), key, body.length)
                        .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer request = ByteBuffer.allocate(head.length + body.length);
        request.put(head).put(body).flip();
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /// Reads what there is; false at its end.
    private static boolean advance(SelectionKey ready, ByteBuffer bytes, String last)
            throws IOException {
        Reply reply = (Reply) ready.attachment();
        int read = ((SocketChannel) ready.channel()).read(bytes.clear());
        if (read < 0) {
            ready.cancel();
            ready.channel().close();
            reply.end(last);
            return false;
        }
        reply.read(bytes.flip());
        return true;
    }
}
