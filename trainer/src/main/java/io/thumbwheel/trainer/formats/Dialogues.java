package io.thumbwheel.trainer.formats;

import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Dialogues in plain text: at least six consecutive paragraphs, each with a prefix that ends in a
/// separator (`Gopher:`, `Dr Smith -`, `Q.`), where every second one has the same prefix and
/// neighbours have different ones (Rae et al., arXiv:2112.11446, the section on dialogue-tuning).
///
/// Departures: a prefix has at most 40 characters, which keeps whole sentences from being one; who
/// speaks first is the user; a last turn of the user is dropped, since nobody answers it.
final class Dialogues {
    private static final int LEAST_PARAGRAPHS = 6;
    private static final int LONGEST_PREFIX = 40;
    private static final List<String> SEPARATORS = List.of(":", " -", ".");

    private Dialogues() {}

    /// A dialogue and the line that it begins in.
    record Found(int line, List<Message> messages) {}

    /// A paragraph and the line that it begins in.
    private record Paragraph(int line, String text) {
        /// What stands before the separator; null where it stands nowhere near the start.
        @Nullable String prefix(String separator) {
            int at = text.indexOf(separator + " ");
            return at > 0 && at <= LONGEST_PREFIX ? text.substring(0, at) : null;
        }
    }

    /// All dialogues of a text.
    static List<Found> in(List<String> lines) {
        List<Paragraph> paragraphs = paragraphs(lines);
        List<Found> found = new ArrayList<>();
        int start = 0;
        while (start < paragraphs.size()) {
            int length = 0;
            for (String separator : SEPARATORS) {
                length = run(paragraphs, start, separator);
                if (length >= LEAST_PARAGRAPHS) {
                    found.add(dialogue(paragraphs.subList(start, start + length), separator));
                    break;
                }
            }
            start += length >= LEAST_PARAGRAPHS ? length : 1;
        }
        return found;
    }

    /// How many paragraphs from `start` on take turns.
    private static int run(List<Paragraph> paragraphs, int start, String separator) {
        List<String> prefixes = new ArrayList<>();
        for (Paragraph paragraph : paragraphs.subList(start, paragraphs.size())) {
            String prefix = paragraph.prefix(separator);
            int turn = prefixes.size();
            boolean goesOn =
                    prefix != null
                            && (turn < 1 || !prefix.equals(prefixes.get(turn - 1)))
                            && (turn < 2 || prefix.equals(prefixes.get(turn - 2)));
            if (!goesOn) {
                break;
            }
            prefixes.add(prefix);
        }
        return prefixes.size();
    }

    private static Found dialogue(List<Paragraph> paragraphs, String separator) {
        List<Message> messages = new ArrayList<>();
        int even = paragraphs.size() - paragraphs.size() % 2;
        for (Paragraph paragraph : paragraphs.subList(0, even)) {
            String text = paragraph.text();
            int after = text.indexOf(separator + " ") + separator.length();
            messages.add(
                    new Message(
                            messages.size() % 2 == 0 ? "user" : "assistant",
                            text.substring(after).strip()));
        }
        return new Found(paragraphs.getFirst().line(), messages);
    }

    private static List<Paragraph> paragraphs(List<String> lines) {
        List<Paragraph> paragraphs = new ArrayList<>();
        List<String> open = new ArrayList<>();
        for (int i = 0; i <= lines.size(); i++) {
            boolean ends = i == lines.size() || lines.get(i).isBlank();
            if (!ends) {
                open.add(lines.get(i).strip());
            } else if (!open.isEmpty()) {
                paragraphs.add(new Paragraph(i - open.size() + 1, String.join(" ", open)));
                open.clear();
            }
        }
        return paragraphs;
    }
}
