package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/// Natural log-probabilities of a response's tokens, one each, of the distribution that was
/// sampled. On the wire: little-endian float32, base64.
public final class LogProbs {
    private final float[] values;

    private LogProbs(float[] values) {
        this.values = values;
    }

    /// A copy of `values` [response].
    public static LogProbs of(float... values) {
        return new LogProbs(values.clone());
    }

    @JsonCreator
    static LogProbs fromBase64(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length % Float.BYTES != 0) {
            throw new IllegalArgumentException(
                    "log-probs must be whole float32 values, got " + bytes.length + " bytes");
        }
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return new LogProbs(values);
    }

    @JsonValue
    String toBase64() {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /// How many.
    public int size() {
        return values.length;
    }

    /// The log-probability of token `index`.
    public float get(int index) {
        return values[index];
    }

    /// A copy [response].
    public float[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogProbs that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "LogProbs" + Arrays.toString(values);
    }
}
