package io.thumbwheel.trainer.ppo;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a refresh's reward model must not lose on, and against whom.
///
/// @param ids of frozen comparisons of test raters, from which no model learns; empty where none
///   are frozen yet
/// @param earlier the coach of the last promoted release; empty where none was kept
public record Gold(SortedSet<String> ids, Optional<Coach> earlier) {
    public Gold {
        ids = Collections.unmodifiableSortedSet(new TreeSet<>(ids));
    }

    /// Nothing to lose on.
    public static Gold none() {
        return new Gold(new TreeSet<>(), Optional.empty());
    }

    /// SHA-256 over the ids in order, one a line.
    public String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String id : ids) {
                sha256.update((id + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /// An earlier refresh's reward model.
    ///
    /// @param release that was made with it
    /// @param folder what the reward model was saved in
    public record Coach(String release, Path folder) {}
}
