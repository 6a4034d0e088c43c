package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests that come whether or not earlier ones are answered (an open loop), at random times of a
/// given rate (a Poisson process).
///
/// @param api where to
/// @param maxTokens of each answer
/// @param goodMillis an answer that takes longer is none
record OpenLoad(ApiClient api, int maxTokens, double goodMillis) {
    private static final long END_SECONDS = 60;

    /// What came of it.
    ///
    /// @param offered requests per second
    /// @param good answers in time per second
    /// @param late answers out of time per second
    record Outcome(double offered, double good, double late) {}

    /// Sends requests for a while and waits for their answers.
    Outcome run(double perSecond, double seconds) throws InterruptedException {
        AtomicInteger good = new AtomicInteger();
        AtomicInteger late = new AtomicInteger();
        Random chance = new Random(Double.doubleToLongBits(perSecond));
        int sent = 0;
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            double at = 0;
            while ((at += -Math.log(1 - chance.nextDouble()) / perSecond) < seconds) {
                long wait = start + (long) (at * 1e9) - System.nanoTime();
                if (wait > 0) {
                    TimeUnit.NANOSECONDS.sleep(wait);
                }
                int seed = sent++;
                senders.execute(() -> {
                    double millis = answer(seed);
                    (millis <= goodMillis ? good : late).addAndGet(millis < 0 ? 0 : 1);
                });
            }
            senders.shutdown();
            if (!senders.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                senders.shutdownNow();
            }
        }
        return new Outcome(sent / seconds, good.get() / seconds, late.get() / seconds);
    }

    /// How long an answer took, milliseconds; below 0 where there was none.
    double answer(int seed) {
        long start = System.nanoTime();
        try {
            api.chat(new ChatCall("Hello", ChatCall.POLICY, 1, maxTokens, seed, null, null));
            return (System.nanoTime() - start) / 1e6;
        } catch (ApiException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
