package io.thumbwheel.serving.journal;

import io.thumbwheel.serving.journal.Segment.Slot;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Events on disk that Kafka does not have yet, the oldest first. What [#append] has returned from
/// survives kill -9 and a power cut; what a crash left half-written at the end is cut off when the
/// folder is opened again.
///
/// Files are short, so that little is sent twice where the process dies between Kafka's
/// acknowledgement and the end of a file: a file goes when all of it was dropped.
final class Spool implements Closeable {
    private static final Logger LOG = Logger.getLogger(Spool.class);
    private static final long SEGMENT_BYTES = 1 << 20;
    private static final int WAVE_EVENTS = 512;
    private static final long WAVE_BYTES = 4 << 20;

    private final Path folder;
    private final long limit;
    private final Deque<Slot> slots = new ArrayDeque<>(); // guarded by this
    private @Nullable Segment last; // guarded by this: what is appended to
    private long number; // guarded by this: of the next file

    // Written under the lock; read without it, because appending holds it through an fsync.
    private volatile int events;
    private volatile long bytes;
    private volatile @Nullable Slot oldest;

    private Spool(Path folder, long limit) {
        this.folder = folder;
        this.limit = limit;
    }

    /// Opens a folder, made where missing, with what an earlier process has left in it.
    ///
    /// @param limit bytes from which on it is [#full]
    static Spool open(Path folder, long limit) throws IOException {
        Files.createDirectories(folder);
        Spool spool = new Spool(folder, limit);
        spool.recover();
        return spool;
    }

    private synchronized void recover() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".events")).sorted().toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            number = Long.parseLong(name.substring(0, name.indexOf('.'))) + 1;
            Segment segment = Segment.open(file);
            long size = segment.size();
            Path damaged = folder.resolve("%s.%d.damaged".formatted(name, size));
            Files.deleteIfExists(damaged);
            List<Slot> found = segment.recover(damaged);
            if (segment.size() < size) {
                // A crash tears the last file only, in a record that nobody was told is safe.
                if (file.equals(files.getLast())) {
                    Files.delete(damaged);
                    LOG.infof("%s: cut %d torn bytes off its end", file, size - segment.size());
                } else {
                    LOG.errorf("%s is damaged; what it was is kept in %s", file, damaged);
                }
            }
            if (found.isEmpty()) {
                segment.close();
                Files.delete(file);
            }
            found.forEach(this::hold);
        }
    }

    /// Appends events and returns when the disk has them; all or none.
    synchronized void append(List<SpooledEvent> group) throws IOException {
        Segment segment = last;
        if (segment == null || segment.size() >= SEGMENT_BYTES) {
            segment = Segment.create(folder.resolve("%012d.events".formatted(number)));
            number++;
            last = segment;
        }
        segment.append(group).forEach(this::hold);
        notifyAll();
    }

    /// The oldest events, in order, none of them with a key that another one has: so they may be
    /// sent together, whatever becomes of each, and those of one key still arrive in their order.
    ///
    /// @param patience how long to wait where there are none
    synchronized List<SpooledEvent> wave(Duration patience)
            throws IOException, InterruptedException {
        if (slots.isEmpty()) {
            wait(patience.toMillis());
        }
        List<SpooledEvent> wave = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        long length = 0;
        for (Slot slot : slots) {
            SpooledEvent event = slot.segment().read(slot);
            length += slot.length();
            boolean more = wave.size() < WAVE_EVENTS && (wave.isEmpty() || length <= WAVE_BYTES);
            if (!more || !keys.add(event.topic() + " " + event.key())) {
                break;
            }
            wave.add(event);
        }
        return wave;
    }

    /// Lets go of the oldest ones.
    synchronized void drop(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Slot slot = slots.remove();
            bytes -= slot.length();
            events = slots.size();
            oldest = slots.peek();
            if (slot.segment().drop() && slot.segment() == last) {
                last = null;
            }
        }
    }

    /// Keeps an event that Kafka will never take in a file of its own; says where.
    Path setAside(SpooledEvent event) throws IOException {
        Path file = Files.createTempFile(folder, event.topic() + "-", ".refused.json");
        return Files.write(file, event.body());
    }

    private synchronized void hold(Slot slot) {
        slots.add(slot);
        bytes += slot.length();
        events = slots.size();
        oldest = slots.peek();
    }

    Path folder() {
        return folder;
    }

    /// Whether nothing more should be begun that would end up here. Appending goes on, for what has
    /// begun.
    boolean full() {
        return bytes >= limit;
    }

    int events() {
        return events;
    }

    long bytes() {
        return bytes;
    }

    /// When the oldest event came.
    Optional<Instant> oldest() {
        return Optional.ofNullable(oldest).map(slot -> Instant.ofEpochMilli(slot.since()));
    }

    /// Closes the files and leaves them as they are.
    @Override
    public synchronized void close() throws IOException {
        Set<Segment> segments = new LinkedHashSet<>();
        slots.forEach(slot -> segments.add(slot.segment()));
        for (Segment segment : segments) {
            segment.close();
        }
    }
}
