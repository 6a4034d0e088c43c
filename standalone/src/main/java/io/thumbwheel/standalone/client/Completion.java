package io.thumbwheel.standalone.client;

import java.util.List;

/// What a chat request was answered with.
///
/// @param id completion id
/// @param release the release that wrote it
/// @param answers one per choice
public record Completion(String id, String release, List<Written> answers) {
    public Completion {
        answers = List.copyOf(answers);
    }

    /// One answer.
    ///
    /// @param text the text
    /// @param ended whether the model ended it, and the limit did not cut it
    /// @param tokens how many were sampled
    public record Written(String text, boolean ended, int tokens) {}
}
