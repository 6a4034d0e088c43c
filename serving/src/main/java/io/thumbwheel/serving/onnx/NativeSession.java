package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs a session over tensors that were bound before, by the C function that ONNX Runtime's Java
/// API calls itself. That API copies names and handles into new arrays at each run, 6 kB for a step
/// of 30 layers; here nothing is allocated. Borrows the session; must not run after its end.
///
/// Handles and functions come from private fields of the Java API, whose version the pom pins.
final class NativeSession {
    // Places in OrtApi, to which versions only ever append (onnxruntime_c_api.h)
    private static final int GET_ERROR_CODE = 1;
    private static final int GET_ERROR_MESSAGE = 2;
    private static final int RUN = 9;
    private static final int RELEASE_STATUS = 93;

    private final List<String> names; // of the inputs, then of the outputs
    private final long handle;
    private final int inputs;
    private final int outputs;
    private final MemorySegment nameAddresses; // [inputs + outputs]

    NativeSession(OrtSession session) {
        names = new ArrayList<>(session.getInputNames());
        inputs = names.size();
        names.addAll(session.getOutputNames());
        outputs = names.size() - inputs;
        handle = field(OrtSession.class, "nativeHandle", session);
        Arena arena = Arena.ofAuto();
        nameAddresses = arena.allocate(ValueLayout.JAVA_LONG, names.size());
        for (int i = 0; i < names.size(); i++) {
            long text = arena.allocateFrom(names.get(i)).address(); // lives as long as the table
            nameAddresses.setAtIndex(ValueLayout.JAVA_LONG, i, text);
        }
    }

    int bindingBytes() {
        return names.size() * Long.BYTES;
    }

    /// Binds all inputs and outputs by name; the outputs' tensors are written to. Their owner keeps
    /// them open as long as they are run.
    ///
    /// @param memory for their handles, native, at least [#bindingBytes]
    void bind(Map<String, OnnxTensor> tensors, MemorySegment memory) {
        for (int i = 0; i < names.size(); i++) {
            OnnxTensor tensor = tensors.get(names.get(i));
            if (tensor == null) {
                throw new IllegalArgumentException(
                        "the graph has %s and nothing is bound to it".formatted(names.get(i)));
            }
            memory.setAtIndex(
                    ValueLayout.JAVA_LONG, i, field(OnnxTensorLike.class, "nativeHandle", tensor));
        }
    }

    /// Runs it: the outputs are written.
    ///
    /// @param bound what [#bind] has filled
    void run(MemorySegment bound) throws OrtException {
        long values = bound.address();
        long texts = nameAddresses.address();
        long status;
        try {
            status =
                    (long)
                            Api.RUN_SESSION.invokeExact(
                                    handle,
                                    0L,
                                    texts,
                                    values,
                                    (long) inputs,
                                    texts + (long) inputs * Long.BYTES,
                                    (long) outputs,
                                    values + (long) inputs * Long.BYTES);
        } catch (Throwable e) {
            throw new IllegalStateException("OrtApi::Run could not be called", e);
        }
        if (status != 0) {
            throw Api.failure(status);
        }
    }

    /// The C functions; there are some once a session is.
    private static final class Api {
        private static final MemorySegment TABLE =
                MemorySegment.ofAddress(field(onnxRuntime(), "ortApiHandle", null))
                        .reinterpret((RELEASE_STATUS + 1) * ValueLayout.ADDRESS.byteSize());

        static final MethodHandle RUN_SESSION =
                function(RUN, FunctionDescriptor.of(ValueLayout.JAVA_LONG, longs(8)));
        private static final MethodHandle ERROR_CODE =
                function(GET_ERROR_CODE, FunctionDescriptor.of(ValueLayout.JAVA_INT, longs(1)));
        private static final MethodHandle ERROR_MESSAGE =
                function(GET_ERROR_MESSAGE, FunctionDescriptor.of(ValueLayout.ADDRESS, longs(1)));
        private static final MethodHandle RELEASE =
                function(RELEASE_STATUS, FunctionDescriptor.ofVoid(longs(1)));

        private static Class<?> onnxRuntime() {
            try {
                return Class.forName("ai.onnxruntime.OnnxRuntime");
            } catch (ClassNotFoundException e) {
                throw unlike(e);
            }
        }

        private static MethodHandle function(int place, FunctionDescriptor type) {
            MemorySegment address = TABLE.getAtIndex(ValueLayout.ADDRESS, place);
            return Linker.nativeLinker().downcallHandle(address, type);
        }

        private static ValueLayout.OfLong[] longs(int count) {
            ValueLayout.OfLong[] all = new ValueLayout.OfLong[count];
            Arrays.fill(all, ValueLayout.JAVA_LONG);
            return all;
        }

        /// What a status says; releases it.
        static OrtException failure(long status) {
            try {
                int code = (int) ERROR_CODE.invokeExact(status);
                MemorySegment message = (MemorySegment) ERROR_MESSAGE.invokeExact(status);
                OrtException failure =
                        new OrtException(code, message.reinterpret(Integer.MAX_VALUE).getString(0));
                RELEASE.invokeExact(status);
                return failure;
            } catch (Throwable e) {
                throw new IllegalStateException("an error of ONNX Runtime cannot be read", e);
            }
        }
    }

    private static long field(Class<?> owner, String name, @Nullable Object of) {
        try {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field.getLong(of);
        } catch (ReflectiveOperationException e) {
            throw unlike(e);
        }
    }

    private static IllegalStateException unlike(ReflectiveOperationException e) {
        return new IllegalStateException(
                "this ONNX Runtime is not the one that the pom pins: " + e.getMessage(), e);
    }
}
