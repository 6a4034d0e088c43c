package io.thumbwheel.serving.journal;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/// An event on disk: where it goes, and its bytes as Kafka gets them.
///
/// @param since when it was put there, epoch milliseconds
record SpooledEvent(long since, String topic, String key, byte[] body) {

    static SpooledEvent of(Topics topic, Event event, Instant now) {
        return new SpooledEvent(
                now.toEpochMilli(), topic.topic(), event.key(), EventCodec.encode(event));
    }

    /// All of it as bytes.
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + body.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(since);
            out.writeUTF(topic);
            out.writeUTF(key);
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        return bytes.toByteArray();
    }

    /// What [#toBytes] gave.
    ///
    /// @throws IOException where it is not that
    static SpooledEvent ofBytes(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return new SpooledEvent(in.readLong(), in.readUTF(), in.readUTF(), in.readAllBytes());
        }
    }
}
