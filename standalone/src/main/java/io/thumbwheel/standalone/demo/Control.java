package io.thumbwheel.standalone.demo;

/// Demos whose outcome is known, to see that the platform learns from picks and from nothing else.
public enum Control {
    /// People pick what they like.
    OFF,
    /// Picks are drawn by lot: nothing may be promoted.
    RANDOM,
    /// People pick what they dislike: the hidden score must fall.
    INVERTED,
    /// Nobody says anything: nothing may change.
    NONE
}
