package io.thumbwheel.schemas.artifact;

import io.thumbwheel.schemas.artifact.Safetensors.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/// Little-endian values of a precision as floats, and back.
final class FloatValues {
    private static final ValueLayout.OfShort LITTLE_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat LITTLE_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FloatValues() {}

    /// Puts all of `bytes` as floats into the target, which must have room for them.
    static void decode(MemorySegment bytes, Precision precision, FloatBuffer target) {
        long size = bytes.byteSize() / precision.bytes();
        switch (precision) {
            case F32 -> {
                for (long i = 0; i < size; i++) {
                    target.put(bytes.get(LITTLE_FLOAT, i * Float.BYTES));
                }
            }
            case BF16 -> {
                for (long i = 0; i < size; i++) {
                    target.put(
                            Float.intBitsToFloat(bytes.get(LITTLE_SHORT, i * Short.BYTES) << 16));
                }
            }
            case F16 -> {
                for (long i = 0; i < size; i++) {
                    target.put(Float.float16ToFloat(bytes.get(LITTLE_SHORT, i * Short.BYTES)));
                }
            }
        }
    }

    /// The values from position to limit, which stay where they are.
    static ByteBuffer encode(FloatBuffer values, Precision precision) {
        FloatBuffer source = values.duplicate();
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(source.remaining(), precision.bytes()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        switch (precision) {
            case F32 -> bytes.asFloatBuffer().put(source);
            case BF16 -> {
                while (source.hasRemaining()) {
                    bytes.putShort(bfloat16(source.get()));
                }
                bytes.flip();
            }
            case F16 -> {
                while (source.hasRemaining()) {
                    bytes.putShort(Float.floatToFloat16(source.get()));
                }
                bytes.flip();
            }
        }
        return bytes;
    }

    /// The nearest bfloat16, ties to even; NaN stays NaN.
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
