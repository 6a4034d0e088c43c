package io.thumbwheel.serving.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// libllama's C interface, as far as the benchmark goes. Structures have the sizes of
/// `include/llama.h` of llama.cpp's release v0.5.0, which the npm package
///
/// @node-llama-cpp/linux-x64 3.22.1 brings; they are passed by value.
final class LlamaLibrary {
    static final StructLayout MODEL_PARAMS = longs(10);
    static final StructLayout CONTEXT_PARAMS = longs(20);
    static final StructLayout BATCH = longs(7);

    private static final Linker LINKER = Linker.nativeLinker();

    private final SymbolLookup llama;
    private final SymbolLookup ggml;

    /// Loads it with the processor's own backend, for the life of the process.
    ///
    /// @param folder with libllama and libggml
    LlamaLibrary(Path folder) throws BenchmarkFailedException {
        library(folder, "libggml-base");
        ggml = library(folder, "libggml.");
        llama = library(folder, "libllama.");
        call(
                handle(llama, "llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS)),
                silence(),
                MemorySegment.NULL);
        call(
                handle(ggml, "ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(ADDRESS)),
                Arena.global().allocateFrom(folder.toAbsolutePath().toString()));
        call(handle(llama, "llama_backend_init", FunctionDescriptor.ofVoid()));
    }

    /// A function of libllama.
    MethodHandle function(String name, FunctionDescriptor shape) throws BenchmarkFailedException {
        return handle(llama, name, shape);
    }

    /// Calls a function.
    static Object call(MethodHandle function, Object... arguments) throws BenchmarkFailedException {
        try {
            Object result = function.invokeWithArguments(arguments);
            return result == null ? MemorySegment.NULL : result;
        } catch (Throwable e) {
            throw new BenchmarkFailedException("a call of llama.cpp failed: " + e, e);
        }
    }

    private static StructLayout longs(int count) {
        return MemoryLayout.structLayout(MemoryLayout.sequenceLayout(count, JAVA_LONG));
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor shape)
            throws BenchmarkFailedException {
        MemorySegment symbol =
                library.find(name)
                        .orElseThrow(() ->
                                new BenchmarkFailedException(
                                        "llama.cpp has no "
                                                + name
                                                + ": this needs @node-llama-cpp/linux-x64 3.22.1"));
        return LINKER.downcallHandle(symbol, shape);
    }

    private static SymbolLookup library(Path folder, String prefix)
            throws BenchmarkFailedException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found =
                    files.filter(file -> file.getFileName().toString().startsWith(prefix))
                            .filter(file -> file.getFileName().toString().endsWith(".so"))
                            .toList();
            if (found.size() != 1) {
                throw new BenchmarkFailedException(
                        "%s has %d files %s*.so instead of one: --llama names the folder bins/linux-x64 of @node-llama-cpp/linux-x64"
                                .formatted(folder, found.size(), prefix));
            }
            return SymbolLookup.libraryLookup(found.getFirst(), Arena.global());
        } catch (IOException | IllegalArgumentException e) {
            throw new BenchmarkFailedException(
                    "llama.cpp cannot be loaded from %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static MemorySegment silence() {
        FunctionDescriptor shape = FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS);
        try {
            MethodHandle nothing =
                    MethodHandles.lookup()
                            .findStatic(
                                    LlamaLibrary.class,
                                    "ignored",
                                    MethodType.methodType(
                                            void.class,
                                            int.class,
                                            MemorySegment.class,
                                            MemorySegment.class));
            return LINKER.upcallStub(nothing, shape, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the method below is there", e);
        }
    }

    @SuppressWarnings("unused") // called by llama.cpp
    private static void ignored(int level, MemorySegment text, MemorySegment data) {}

    /// Descriptors that several functions share.
    static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(ADDRESS);

    static final FunctionDescriptor TRIM =
            FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
}
