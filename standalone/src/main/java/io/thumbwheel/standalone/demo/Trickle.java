package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.client.Completion;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// A little streaming chat that goes on while a refresh runs: two people, a pause after each
/// answer. Its opinions belong to the next round; the gaps between its pieces say whether a swap is
/// felt.
final class Trickle implements AutoCloseable {
    private static final int PEOPLE = 2;
    private static final long PAUSE_MILLIS = 300;
    private static final int MOST_GAPS = 500_000;

    private final ApiClient api;
    private final Chance chance;
    private final Users users;
    private final Clock clock;
    private final int round;
    private final AtomicInteger next = new AtomicInteger();
    private final List<Gap> gaps = new ArrayList<>();
    private final ExecutorService people = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean stopping;

    /// A wait between two pieces of one answer.
    ///
    /// @param at when the later one came
    /// @param millis how long it was
    record Gap(Instant at, double millis) {}

    private Trickle(ApiClient api, Chance chance, Users users, Clock clock, int round) {
        this.api = api;
        this.chance = chance;
        this.users = users;
        this.clock = clock;
        this.round = round;
    }

    static Trickle start(ApiClient api, Chance chance, Users users, Clock clock, int round) {
        Trickle trickle = new Trickle(api, chance, users, clock, round);
        for (int i = 0; i < PEOPLE; i++) {
            trickle.people.submit(trickle::chat);
        }
        return trickle;
    }

    private Void chat() throws InterruptedException {
        while (!stopping) {
            int number = next.getAndIncrement();
            RandomGenerator draws = chance.of("trickle-" + round, number);
            int who = draws.nextInt(DemoConfig.RATERS);
            int asked = who + DemoConfig.RATERS * draws.nextInt(40);
            try {
                one(number, users.rater(who), users.prompt(asked), draws);
            } catch (ApiException e) {
                // Counted where it failed.
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return null;
    }

    private void one(int number, String rater, String prompt, RandomGenerator draws)
            throws ApiException, InterruptedException {
        long[] last = {0};
        Completion completion =
                api.stream(
                        new ChatCall(
                                prompt,
                                ChatCall.POLICY,
                                1,
                                DemoConfig.MAX_TOKENS,
                                draws.nextLong() >>> 11,
                                rater,
                                null),
                        (nanos, _) -> {
                            if (last[0] != 0) {
                                gap((nanos - last[0]) / 1e6);
                            }
                            last[0] = nanos;
                        });
        if (draws.nextDouble() < DemoConfig.WITH_THUMB) {
            String id = "trickle-%d-%d".formatted(round, number);
            users.thumb(id, completion, prompt, rater, draws);
        }
    }

    private void gap(double millis) {
        synchronized (gaps) {
            if (gaps.size() < MOST_GAPS) {
                gaps.add(new Gap(clock.instant(), millis));
            }
        }
    }

    /// The gaps between two instants, milliseconds.
    double[] gaps(Instant from, Instant to) {
        synchronized (gaps) {
            return gaps.stream()
                    .filter(gap -> !gap.at().isBefore(from) && gap.at().isBefore(to))
                    .mapToDouble(Gap::millis)
                    .toArray();
        }
    }

    /// Lets the answers under way come to their end.
    @Override
    public void close() {
        stopping = true;
        people.close();
    }
}
