package io.thumbwheel.schemas.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NativeEnvironmentTest {
    @Test
    void nativeCodeSeesTheFirstValue() throws Exception {
        NativeEnvironment.setIfAbsent("THUMBWHEEL_TEST_VARIABLE", "first");
        NativeEnvironment.setIfAbsent("THUMBWHEEL_TEST_VARIABLE", "second");

        assertThat(nativeValue("THUMBWHEEL_TEST_VARIABLE")).isEqualTo("first");
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        assertThatThrownBy(() -> NativeEnvironment.setIfAbsent("A=B", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'A=B'");
    }

    private static String nativeValue(String name) throws Exception {
        var linker = Linker.nativeLinker();
        var getenv =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("getenv"),
                        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (var arena = Arena.ofConfined()) {
            var value = (MemorySegment) invoke(getenv, arena.allocateFrom(name));
            return value.reinterpret(64).getString(0, StandardCharsets.UTF_8);
        }
    }

    private static Object invoke(MethodHandle handle, MemorySegment argument) throws Exception {
        try {
            return handle.invoke(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
