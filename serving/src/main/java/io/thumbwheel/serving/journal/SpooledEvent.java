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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// An event on disk: where it goes, and its bytes as Kafka gets them.
///
/// @param since when it was put there, epoch milliseconds
/// @param headers go to Kafka with it
record SpooledEvent(
        long since, String topic, String key, Map<String, String> headers, byte[] body) {
    /// First byte of each, so that another form is known for what it is.
    private static final byte FORM = 1;

    public SpooledEvent {
        headers = Map.copyOf(headers);
    }

    static SpooledEvent of(Topics topic, Event event, Map<String, String> headers, Instant now) {
        return new SpooledEvent(
                now.toEpochMilli(), topic.topic(), event.key(), headers, EventCodec.encode(event));
    }

    /// All of it as bytes.
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + body.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeLong(since);
            out.writeUTF(topic);
            out.writeUTF(key);
            out.writeShort(headers.size());
            for (Map.Entry<String, String> header : headers.entrySet()) {
                out.writeUTF(header.getKey());
                byte[] value = header.getValue().getBytes(StandardCharsets.UTF_8);
                out.writeInt(value.length); // may be more than writeUTF takes
                out.write(value);
            }
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
            int form = in.readByte();
            if (form != FORM) {
                throw new IOException(
                        "an event there has form %d and not %d, another version wrote it: run that one until Kafka has its events, or move the files away"
                                .formatted(form, FORM));
            }
            long since = in.readLong();
            String topic = in.readUTF();
            String key = in.readUTF();
            Map<String, String> headers = new HashMap<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                String name = in.readUTF();
                headers.put(name, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
            return new SpooledEvent(since, topic, key, headers, in.readAllBytes());
        }
    }
}
