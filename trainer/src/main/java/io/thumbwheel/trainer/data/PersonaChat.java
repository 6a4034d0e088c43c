package io.thumbwheel.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The conversations of Synthetic-Persona-Chat as lists of turns by two people in alternation.
///
/// Jandaghi et al. 2023, "Faithful Persona-based Conversational Dataset Generation with Large
/// Language Models". Turns with a placeholder instead of a name cut a conversation into stretches.
final class PersonaChat {
    private PersonaChat() {}

    static List<List<String>> read(Path csv) throws IOException {
        var conversations = new ArrayList<List<String>>();
        List<List<String>> rows = rows(Files.readString(csv));
        for (List<String> row : rows.subList(1, rows.size())) {
            if (row.size() < 3) {
                continue;
            }
            conversations.addAll(stretches(row.get(2)));
        }
        return conversations;
    }

    private static List<List<String>> stretches(String conversation) {
        var stretches = new ArrayList<List<String>>();
        var turns = new ArrayList<String>();
        int last = 0;
        for (String line : conversation.split("\n")) {
            if (!line.matches("User [12]: ?.*")) {
                continue;
            }
            int speaker = line.charAt(5) - '0';
            String said = Sentences.repair(line.substring(7).strip());
            boolean usable =
                    !said.isEmpty()
                            && !said.contains("[")
                            && !said.contains("User ")
                            && said.chars().allMatch(c -> c >= ' ' && c < 127);
            if (!usable || speaker == last) {
                keep(turns, stretches);
            }
            if (usable) {
                turns.add(said);
                last = speaker;
            }
        }
        keep(turns, stretches);
        return stretches;
    }

    private static void keep(List<String> turns, List<List<String>> stretches) {
        if (turns.size() >= 2) {
            stretches.add(List.copyOf(turns));
        }
        turns.clear();
    }

    /// The rows of a CSV text with quoted fields (RFC 4180).
    static List<List<String>> rows(String csv) {
        var rows = new ArrayList<List<String>>();
        var row = new ArrayList<String>();
        var field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < csv.length(); i++) {
            char c = csv.charAt(i);
            if (quoted) {
                if (c != '"') {
                    field.append(c);
                } else if (i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
                    field.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',' || c == '\n') {
                row.add(field.toString().strip());
                field.setLength(0);
                if (c == '\n') {
                    rows.add(List.copyOf(row));
                    row.clear();
                }
            } else {
                field.append(c);
            }
        }
        if (!field.isEmpty() || !row.isEmpty()) {
            row.add(field.toString().strip());
            rows.add(List.copyOf(row));
        }
        return rows;
    }
}
