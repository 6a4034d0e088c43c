package io.thumbwheel.serving.journal;

import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/// One file of the spool, only ever appended to: records of a length, a CRC-32C, and so many bytes.
/// Not thread-safe.
final class Segment implements Closeable {
    private static final int HEAD = 2 * Integer.BYTES;

    private final Path file;
    private final FileChannel channel;
    private long size;
    private int held;

    private Segment(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    /// Where a record lies.
    ///
    /// @param since when it was put there, epoch milliseconds
    /// @param length of the record, its head included
    record Slot(Segment segment, long offset, int length, long since) {}

    /// A new, empty file whose name survives a power cut.
    static Segment create(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        AtomicFile.syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        return new Segment(file, channel, 0);
    }

    /// A file from before; [#recover] says what it holds.
    static Segment open(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new Segment(file, channel, channel.size());
    }

    /// Finds the whole records and cuts off what stands behind the last of them.
    ///
    /// @param damaged where the uncut file is kept if there was something to cut
    List<Slot> recover(Path damaged) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        List<Slot> slots = new ArrayList<>();
        int end = 0;
        while (bytes.remaining() > HEAD) {
            int length = bytes.getInt();
            int checksum = bytes.getInt();
            if (length <= 0 || length > bytes.remaining()) {
                break;
            }
            byte[] record = new byte[length];
            bytes.get(record);
            if (checksum(record) != checksum) {
                break;
            }
            slots.add(new Slot(this, end, HEAD + length, SpooledEvent.ofBytes(record).since()));
            end = bytes.position();
        }
        if (end < size) {
            Files.copy(file, damaged);
            cut(end);
        }
        held = slots.size();
        return slots;
    }

    /// Appends all of them and forces them to the disk, or none.
    List<Slot> append(List<SpooledEvent> events) throws IOException {
        long before = size;
        List<Slot> slots = new ArrayList<>();
        try {
            for (SpooledEvent event : events) {
                byte[] record = event.toBytes();
                ByteBuffer bytes =
                        ByteBuffer.allocate(HEAD + record.length)
                                .putInt(record.length)
                                .putInt(checksum(record))
                                .put(record)
                                .flip();
                slots.add(new Slot(this, size, bytes.remaining(), event.since()));
                channel.position(size);
                AtomicFile.writeFully(channel, bytes);
                size = channel.position();
            }
            channel.force(false);
        } catch (IOException e) {
            cut(before);
            throw e;
        }
        held += slots.size();
        return slots;
    }

    SpooledEvent read(Slot slot) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(slot.length() - HEAD);
        while (record.hasRemaining()) {
            if (channel.read(record, slot.offset() + HEAD + record.position()) < 0) {
                throw new EOFException("%s was cut from outside".formatted(file));
            }
        }
        return SpooledEvent.ofBytes(record.array());
    }

    /// Lets go of one record.
    ///
    /// @return whether it was the last one, and the file is gone
    boolean drop() throws IOException {
        held--;
        if (held == 0) {
            channel.close();
            Files.delete(file);
        }
        return held == 0;
    }

    long size() {
        return size;
    }

    private void cut(long end) throws IOException {
        channel.truncate(end);
        channel.force(true);
        size = end;
    }

    private static int checksum(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(record);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
