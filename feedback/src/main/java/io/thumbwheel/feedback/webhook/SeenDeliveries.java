package io.thumbwheel.feedback.webhook;

import java.util.LinkedHashMap;
import java.util.Map;

/// The bodies of the newest deliveries, to tell a repetition from an id that is used twice. It is
/// as old as this process: an older id used twice is not noticed here, and counts once all the
/// same, since the ids of its feedback are the same.
final class SeenDeliveries {
    private static final int REMEMBERED = 10_000;

    private final Map<String, String> digests =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > REMEMBERED;
                }
            };

    /// Whether the id came with another body before; remembers it.
    synchronized boolean isReused(String source, String delivery, byte[] body) {
        String digest = Proof.digest(body);
        String before = digests.putIfAbsent(source + "\n" + delivery, digest);
        return before != null && !before.equals(digest);
    }
}
