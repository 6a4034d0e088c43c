package io.thumbwheel.serving.onnx;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.TreeMap;

/// The memory of all KV caches: taken from the system once, leased to releases in contiguous
/// ranges, so that a swap allocates nothing. Owns the memory; its leases end first.
///
/// The memory is calloc's: the C library maps such a size from zero pages, which become memory when
/// they are first written to. ([java.lang.foreign.Arena] writes zeros to all of it at once.) What
/// was used once stays with the process, and a new lease gets the lowest range that is free, so the
/// use of memory reaches a plateau.
public final class KvArena implements AutoCloseable {
    private static final long PAGE = 4096;

    private final MemorySegment allocated;
    private final MemorySegment memory;
    private final TreeMap<Long, Long> leased = new TreeMap<>(); // start to end, bytes
    private long everUsed;
    private boolean closed;

    private KvArena(MemorySegment allocated) {
        this.allocated = allocated;
        long start = -allocated.address() & (PAGE - 1);
        this.memory = allocated.asSlice(start, allocated.byteSize() - PAGE);
    }

    /// Takes the memory.
    ///
    /// @throws IllegalStateException where the system does not give it
    public static KvArena of(long bytes) {
        long size = pages(bytes) + PAGE;
        MemorySegment got = MemorySegment.NULL;
        try {
            got = (MemorySegment) CALLOC.invokeExact(1L, size);
        } catch (Throwable e) {
            throw new IllegalStateException("calloc could not be called", e);
        }
        if (got.equals(MemorySegment.NULL)) {
            throw new IllegalStateException(
                    "the system does not give %d MB for KV caches: lower serving.residence.cache, or serving.queue.slots and serving.queue.context"
                            .formatted(size >> 20));
        }
        return new KvArena(got.reinterpret(size));
    }

    private static final MethodHandle CALLOC =
            function(
                    "calloc",
                    FunctionDescriptor.of(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE =
            function("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    /// Leases a range.
    ///
    /// @throws ReleaseUnusableException where no free range is large enough
    synchronized Lease lease(long bytes) throws ReleaseUnusableException {
        long size = pages(bytes);
        long start = firstFit(size);
        if (closed || start < 0) {
            throw new ReleaseUnusableException(
                    "it needs %d MB of KV cache and the largest range free is %d MB of %d MB: raise serving.residence.cache, lower serving.queue.slots or serving.queue.context, or keep fewer releases"
                            .formatted(size >> 20, largestFree() >> 20, memory.byteSize() >> 20));
        }
        leased.put(start, start + size);
        everUsed = Math.max(everUsed, start + size);
        return new Lease(start, size);
    }

    /// Whether a range of so many bytes is free.
    public synchronized boolean fits(long bytes) {
        return firstFit(pages(bytes)) >= 0;
    }

    /// By how much the process may grow when a lease of so many bytes is used: what of it was never
    /// leased before.
    public synchronized long growth(long bytes) {
        return Math.max(0, firstFit(pages(bytes)) + pages(bytes) - everUsed);
    }

    /// All that it has, in bytes.
    public long bytes() {
        return memory.byteSize();
    }

    /// Bytes leased now.
    public synchronized long leasedBytes() {
        return leased.entrySet().stream()
                .mapToLong(range -> range.getValue() - range.getKey())
                .sum();
    }

    /// The largest range that is free, in bytes.
    public synchronized long largestFree() {
        long largest = 0;
        long end = 0;
        for (Map.Entry<Long, Long> range : leased.entrySet()) {
            largest = Math.max(largest, range.getKey() - end);
            end = range.getValue();
        }
        return Math.max(largest, memory.byteSize() - end);
    }

    /// Gives the memory back.
    ///
    /// @throws IllegalStateException where a lease has not ended
    @Override
    public synchronized void close() {
        if (!leased.isEmpty()) {
            throw new IllegalStateException(
                    leased.size() + " KV caches are still leased: close their policies first");
        }
        if (closed) {
            return;
        }
        closed = true;
        try {
            FREE.invokeExact(allocated);
        } catch (Throwable e) {
            throw new IllegalStateException("free could not be called", e);
        }
    }

    private long firstFit(long size) {
        long end = 0;
        for (Map.Entry<Long, Long> range : leased.entrySet()) {
            if (range.getKey() - end >= size) {
                return end;
            }
            end = range.getValue();
        }
        return memory.byteSize() - end >= size ? end : -1;
    }

    private static long pages(long bytes) {
        return Math.ceilDiv(Math.max(1, bytes), PAGE) * PAGE;
    }

    /// A range of the arena, until it is closed; again has no effect.
    final class Lease implements AutoCloseable {
        private final long start;
        private final MemorySegment range;

        private Lease(long start, long size) {
            this.start = start;
            this.range = memory.asSlice(start, size);
        }

        /// What is in it before is whatever the last user left.
        MemorySegment memory() {
            return range;
        }

        @Override
        public void close() {
            synchronized (KvArena.this) {
                leased.remove(start, start + range.byteSize());
            }
        }
    }
}
