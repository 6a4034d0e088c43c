package io.thumbwheel.trainer.formats;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// What users ask in some files, whatever else the rows say: each question once, as ids by the chat
/// template up to where the assistant begins.
public final class PromptFiles {
    private final ChatTemplate template;
    private final int longest;
    private final DataReport report;
    private final SequencedSet<List<Integer>> prompts = new LinkedHashSet<>();
    private final Map<List<Integer>, List<String>> known = new HashMap<>();

    /// @param longest prompt that leaves room for an answer, tokens
    public PromptFiles(ChatTemplate template, int longest, DataReport report) {
        this.template = template;
        this.longest = longest;
        this.report = report;
    }

    /// What the files ask.
    ///
    /// @param prompts each question once, in order
    /// @param known what is right to say to some of them
    public record Questions(List<List<Integer>> prompts, Map<List<Integer>, List<String>> known) {
        public Questions {
            prompts = List.copyOf(prompts);
            known = Map.copyOf(known);
        }
    }

    /// All questions.
    public Questions read(List<Path> files) throws IOException {
        LessonReader reader = new LessonReader(report);
        for (Path file : files) {
            reader.forEach(file, this::take);
        }
        return new Questions(List.copyOf(prompts), known);
    }

    private void take(Place place, Lesson lesson) {
        List<Message> question =
                switch (lesson) {
                    case Lesson.Question(var prompt) -> prompt;
                    case Lesson.KnownAnswer(var prompt, _) -> prompt;
                    case Lesson.Comparison(var prompt, _, _, _) -> prompt;
                    case Lesson.Ranking(var prompt, _) -> prompt;
                    case Lesson.Pick(var prompt, _, _) -> prompt;
                    case Lesson.Rating(var prompt, _, _, _) -> prompt;
                    case Lesson.Thumb(var prompt, _, _, _) -> prompt;
                    case Lesson.Conversation(var messages) -> beforeLastAnswer(messages);
                };
        List<Integer> ids;
        try {
            ids = template.prompt(question);
        } catch (IllegalArgumentException refused) {
            report.add(DataProblem.ROLES, place, String.valueOf(refused.getMessage()));
            return;
        }
        if (ids.size() > longest) {
            report.add(
                    DataProblem.OVER_LONG,
                    place,
                    "%d tokens, %d leave room for an answer".formatted(ids.size(), longest));
            return;
        }
        report.used(place);
        prompts.add(ids);
        if (lesson instanceof Lesson.KnownAnswer(_, var accepted)) {
            known.put(ids, accepted);
        }
    }

    private static List<Message> beforeLastAnswer(List<Message> messages) {
        int end = messages.size();
        while (end > 0 && !messages.get(end - 1).role().equals("assistant")) {
            end--;
        }
        return messages.subList(0, Math.max(0, end - 1));
    }
}
