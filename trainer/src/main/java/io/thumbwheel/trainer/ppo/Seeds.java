package io.thumbwheel.trainer.ppo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// Chance by counter: what is drawn depends on the run's seed, the purpose and the step alone, so a
/// resumed run draws what an uninterrupted one would have.
record Seeds(long seed) {

    /// The seed of one purpose at one step.
    long at(String purpose, long step) {
        CRC32C crc = new CRC32C();
        crc.update(purpose.getBytes(StandardCharsets.UTF_8));
        return mix(mix(seed ^ crc.getValue() * 0x9E3779B97F4A7C15L) + step);
    }

    /// The generator of one purpose at one step.
    SplittableRandom generator(String purpose, long step) {
        return new SplittableRandom(at(purpose, step));
    }

    /// 0 to size − 1 in random order.
    List<Integer> order(String purpose, long step, int size) {
        SplittableRandom random = generator(purpose, step);
        List<Integer> order = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            order.add(i);
        }
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Integer swapped = order.get(i);
            order.set(i, order.get(j));
            order.set(j, swapped);
        }
        return order;
    }

    /// Elements `from` to `from + count − 1` of an endless sequence that goes through all of
    /// `items` in a new random order each time.
    <T> List<T> cycled(String purpose, List<T> items, long from, int count) {
        int size = items.size();
        List<T> drawn = new ArrayList<>(count);
        List<Integer> order = List.of();
        long round = -1;
        for (long index = from; index < from + count; index++) {
            if (index / size != round) {
                round = index / size;
                order = order(purpose, round, size);
            }
            drawn.add(items.get(order.get((int) (index % size))));
        }
        return drawn;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
