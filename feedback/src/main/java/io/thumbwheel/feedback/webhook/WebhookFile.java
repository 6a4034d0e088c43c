package io.thumbwheel.feedback.webhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The file of webhooks, read anew when it, a mapping or a secret has changed: nothing needs a
/// restart. What is wrong after a change is told in the log, and what was right before stays.
final class WebhookFile {
    private static final Logger LOG = Logger.getLogger(WebhookFile.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final @Nullable Path file;
    private final Map<String, String> environment;
    private final LongSupplier nanoTime;
    private WebhookSettings settings;
    private Map<Path, String> stamps;
    private long lookedAt;

    /// @param file null where there are no webhooks
    /// @throws IOException where it is there and wrong
    WebhookFile(@Nullable Path file, Map<String, String> environment, LongSupplier nanoTime)
            throws IOException {
        this.file = file;
        this.environment = environment;
        this.nanoTime = nanoTime;
        this.settings = read();
        this.stamps = stampsOf(settings);
        this.lookedAt = nanoTime.getAsLong();
    }

    /// The webhooks as they are now.
    synchronized WebhookSettings settings() {
        long now = nanoTime.getAsLong();
        if (now - lookedAt < LOOK_NANOS) {
            return settings;
        }
        lookedAt = now;
        Map<Path, String> found = stampsOf(settings);
        if (!found.equals(stamps)) {
            stamps = found;
            try {
                settings = read();
                stamps = stampsOf(settings);
                LOG.infof("read %s anew", file);
            } catch (IOException e) {
                LOG.errorf("webhooks stay as they were: %s", e.getMessage());
            }
        }
        return settings;
    }

    private WebhookSettings read() throws IOException {
        // A file that is not there yet may come.
        return file == null || !Files.exists(file)
                ? WebhookSettings.NONE
                : WebhookSettings.read(file, environment);
    }

    private Map<Path, String> stampsOf(WebhookSettings read) {
        Map<Path, String> found = new TreeMap<>();
        read.files().forEach(path -> found.put(path, stamp(path)));
        if (file != null) {
            Path itself = file.toAbsolutePath().normalize();
            found.put(itself, stamp(itself));
        }
        return found;
    }

    private static String stamp(Path path) {
        try {
            return Files.getLastModifiedTime(path) + " " + Files.size(path);
        } catch (IOException _) {
            return "missing";
        }
    }
}
