package io.thumbwheel.standalone.demo;

/// What a person sees while a demo runs.
public interface Display {
    /// Something that stays.
    void line(String text);

    /// What is going on now; the next one takes its place.
    void status(String text);
}
