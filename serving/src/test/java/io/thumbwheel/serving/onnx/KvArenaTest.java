package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class KvArenaTest {
    private static final long MB = 1 << 20;

    @Test
    void rangesAreContiguousAndComeBack() throws Exception {
        KvArena arena = KvArena.of(10 * MB);
        KvArena.Lease first = arena.lease(4 * MB);
        KvArena.Lease second = arena.lease(4 * MB);
        assertThat(second.memory().address() - first.memory().address()).isEqualTo(4 * MB);
        assertThat(first.memory().address() % 4096).isZero();
        assertThat(arena.leasedBytes()).isEqualTo(8 * MB);
        assertThat(arena.fits(3 * MB)).isFalse();

        first.close();
        first.close();

        assertThat(arena.leasedBytes()).isEqualTo(4 * MB);
        assertThat(arena.fits(4 * MB)).isTrue();
        assertThat(arena.fits(5 * MB)).isFalse();
        KvArena.Lease third = arena.lease(3 * MB);
        assertThat(third.memory().address()).isEqualTo(second.memory().address() - 4 * MB);
        second.close();
        assertThatThrownBy(arena::close).hasMessageContaining("1 KV caches are still leased");
        third.close();
        arena.close();
    }

    @Test
    void fullMeansTheNumbersAndWhatToSet() throws Exception {
        KvArena arena = KvArena.of(10 * MB);
        try (KvArena.Lease lease = arena.lease(8 * MB)) {
            assertThatThrownBy(() -> arena.lease(3 * MB))
                    .isInstanceOf(ReleaseUnusableException.class)
                    .hasMessageContaining("needs 3 MB of KV cache")
                    .hasMessageContaining("2 MB of 10 MB")
                    .hasMessageContaining("serving.residence.cache");
            assertThat(lease.memory().byteSize()).isEqualTo(8 * MB);
        }
        arena.close();
    }

    @Test
    void onlyWhatWasNeverLeasedMakesTheProcessGrow() throws Exception {
        KvArena arena = KvArena.of(10 * MB);
        arena.lease(4 * MB).close();

        assertThat(arena.growth(3 * MB)).isZero();
        assertThat(arena.growth(6 * MB)).isEqualTo(2 * MB);
        arena.close();
    }

    /// A gigabyte is no memory until it is used.
    @Test
    void memoryIsTakenAsItIsUsed() throws Exception {
        long before = OnnxPolicyTest.residentBytes();
        KvArena arena = KvArena.of(1024 * MB);
        try (KvArena.Lease lease = arena.lease(1024 * MB)) {
            assertThat(lease.memory().get(ValueLayout.JAVA_LONG, 512 * MB)).isZero();

            assertThat(OnnxPolicyTest.residentBytes() - before).isLessThan(200 * MB);
        }
        arena.close();
    }
}
