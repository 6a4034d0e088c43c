package io.thumbwheel.serving.release;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// What releases that have left took from the C library, which keeps it for the process.
final class FreedMemory {
    private static final Optional<MethodHandle> TRIM = // glibc has it, musl does not need it
            Linker.nativeLinker()
                    .defaultLookup()
                    .find("malloc_trim")
                    .map(function ->
                            Linker.nativeLinker()
                                    .downcallHandle(
                                            function,
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)));

    private FreedMemory() {}

    /// Gives it back to the system; takes some milliseconds.
    static void giveBack() {
        TRIM.ifPresent(trim -> {
            try {
                int _ = (int) trim.invokeExact(0L);
            } catch (Throwable e) {
                throw new IllegalStateException("malloc_trim could not be called", e);
            }
        });
    }
}
