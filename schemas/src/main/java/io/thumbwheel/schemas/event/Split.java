package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Which part of the data a rater belongs to, for ever: 70% train, 15% validation, 15% test. By
/// rater and never by row, or the same person's habits stand on both sides (InstructGPT C.1 splits
/// by organisation).
public enum Split {
    @JsonProperty("train")
    TRAIN,
    @JsonProperty("validation")
    VALIDATION,
    @JsonProperty("test")
    TEST;

    /// The split of a rater's pseudonym.
    public static Split ofRater(String rater) {
        CRC32C crc = new CRC32C();
        crc.update(rater.getBytes(StandardCharsets.UTF_8));
        long part = crc.getValue() % 20;
        return part < 14 ? TRAIN : part < 17 ? VALIDATION : TEST;
    }
}
