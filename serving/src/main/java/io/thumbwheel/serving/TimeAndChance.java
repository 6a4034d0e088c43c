package io.thumbwheel.serving;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;

/// The clock and the chance of the process; tests bring their own.
final class TimeAndChance {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    /// Draws the seeds of requests that name none; each is recorded with its answer.
    @Produces
    @Singleton
    RandomGenerator chance() {
        return new SecureRandom();
    }
}
