package io.thumbwheel.schemas.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The environment of this process as native libraries see it, which Java itself only reads.
///
/// Both modules that run ONNX Runtime switch its telemetry off by this before they load it
/// (`ORT_DISABLE_TELEMETRY`): since 1.29 its Linux build reports to its maker by default, and with
/// a command line above 4 KB, such as a long class path, its telemetry ends the process by SIGSEGV.
public final class NativeEnvironment {
    private NativeEnvironment() {}

    /// Sets a variable for whatever native code reads it from now on; where it is set already it
    /// stays.
    public static void setIfAbsent(String name, String value) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setenv =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setenv"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        int result;
        try (Arena arena = Arena.ofConfined()) {
            result =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name), arena.allocateFrom(value), 0);
        } catch (Throwable e) {
            throw new IllegalStateException("setenv could not be called for " + name, e);
        }
        if (result != 0) {
            throw new IllegalArgumentException("'" + name + "' is no name of a variable");
        }
    }
}
