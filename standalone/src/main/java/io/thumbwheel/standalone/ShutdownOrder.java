package io.thumbwheel.standalone;

import io.thumbwheel.standalone.platform.Platform;

/// What happens at Ctrl-C and SIGTERM.
final class ShutdownOrder {
    private ShutdownOrder() {}

    /// Stops the platform in order before this process ends.
    static void closeAtEnd(Platform platform) {
        Runtime.getRuntime().addShutdownHook(new Thread(platform::close));
    }
}
