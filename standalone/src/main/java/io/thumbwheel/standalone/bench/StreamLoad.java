package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Readers of streams, each of which asks anew when its stream has ended (a closed loop), until it
/// is closed. Remembers when every piece of text came.
final class StreamLoad implements AutoCloseable {
    private static final long END_SECONDS = 60;

    private final ApiClient api;
    private final int maxTokens;
    private final ExecutorService readers;
    private final Queue<Gap> gaps = new ConcurrentLinkedQueue<>();
    private volatile boolean enough;

    /// @param readers how many at once
    /// @param maxTokens of each answer
    StreamLoad(ApiClient api, int readers, int maxTokens) {
        this.api = api;
        this.maxTokens = maxTokens;
        this.readers = Executors.newVirtualThreadPerTaskExecutor();
        for (int reader = 0; reader < readers; reader++) {
            int seed = reader;
            this.readers.execute(() -> read(seed));
        }
    }

    /// The time between two pieces of a stream.
    private record Gap(long at, long nanos) {}

    private void read(int seed) {
        int asked = 0;
        while (!enough) {
            long[] last = {0};
            ChatCall call =
                    new ChatCall(
                            "Hello",
                            ChatCall.POLICY,
                            1,
                            maxTokens,
                            1_000L * seed + asked++,
                            null,
                            null);
            try {
                api.stream(
                        call,
                        (at, _) -> {
                            if (last[0] != 0) {
                                gaps.add(new Gap(at, at - last[0]));
                            }
                            last[0] = at;
                        });
            } catch (ApiException e) {
                if (enough) {
                    return; // counted in the traffic, and told there
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// The gaps that ended between two moments of [System#nanoTime], milliseconds.
    double[] gaps(long from, long to) {
        return gaps(List.of(new long[] {from, to}));
    }

    /// The gaps that ended in any of the windows [from, to].
    double[] gaps(List<long[]> windows) {
        return gaps.stream()
                .filter(gap ->
                        windows.stream()
                                .anyMatch(window -> gap.at() >= window[0] && gap.at() <= window[1]))
                .mapToDouble(gap -> gap.nanos() / 1e6)
                .toArray();
    }

    @Override
    public void close() {
        enough = true;
        readers.shutdown();
        try {
            if (!readers.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                readers.shutdownNow();
            }
        } catch (InterruptedException e) {
            readers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
