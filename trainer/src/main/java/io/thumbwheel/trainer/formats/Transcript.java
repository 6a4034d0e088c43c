package io.thumbwheel.trainer.formats;

import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A conversation written as `\n\nHuman: …\n\nAssistant: …` (Bai et al., arXiv:2204.05862; the
/// files of github.com/anthropics/hh-rlhf).
final class Transcript {
    private static final Pattern TURN = Pattern.compile("(?:^\\s*|\n\n)(Human|Assistant):");

    private Transcript() {}

    /// Whether a text looks like one.
    static boolean is(String text) {
        return text.stripLeading().startsWith("Human:");
    }

    /// Its turns; the last one may be empty.
    static List<Message> turns(String text) {
        List<Message> turns = new ArrayList<>();
        Matcher turn = TURN.matcher(text);
        boolean more = turn.find();
        while (more) {
            String role = turn.group(1).equals("Human") ? "user" : "assistant";
            int start = turn.end();
            more = turn.find();
            int end = more ? turn.start() : text.length();
            turns.add(new Message(role, text.substring(start, end).strip()));
        }
        return turns;
    }
}
