package io.thumbwheel.standalone.platform;

/// Where the supervisor tells a person what it is doing.
@FunctionalInterface
public interface Progress {
    /// One line.
    void line(String text);
}
