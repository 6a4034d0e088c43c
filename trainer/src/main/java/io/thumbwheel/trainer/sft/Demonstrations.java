package io.thumbwheel.trainer.sft;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.formats.LessonReader;
import io.thumbwheel.trainer.formats.Place;
import io.thumbwheel.trainer.pretraining.Document;
import io.thumbwheel.trainer.pretraining.Documents;
import io.thumbwheel.trainer.pretraining.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What lessons say that the assistant should say: conversations as they are, the chosen answer of
/// a comparison, the liked one of a thumb.
final class Demonstrations {
    private final Documents documents;
    private final DataReport report;
    private final int context;

    /// @param context tokens after which a conversation is cut
    Demonstrations(Vocabulary vocabulary, int context, DataReport report) {
        this.documents = new Documents(vocabulary, true);
        this.context = context;
        this.report = report;
    }

    /// All of the files, with the answers marked.
    List<Document> read(List<Path> files) throws IOException {
        List<Document> read = new ArrayList<>();
        LessonReader reader = new LessonReader(report);
        for (Path file : files) {
            reader.forEach(file, (place, lesson) -> take(place, lesson, read));
        }
        return read;
    }

    private void take(Place place, Lesson lesson, List<Document> read) {
        switch (lesson) {
            case Lesson.Conversation(var messages) -> add(place, messages, read);
            case Lesson.Question _, Lesson.KnownAnswer _ ->
                    report.add(DataProblem.EMPTY_ANSWER, place, "the assistant says nothing");
            case Lesson.Comparison(var prompt, var chosen, _, _) ->
                    add(place, answered(prompt, chosen), read);
            case Lesson.Ranking(var prompt, var answers) ->
                    add(place, answered(prompt, answers.getFirst()), read);
            case Lesson.Pick(var prompt, var answers, var best) ->
                    add(place, answered(prompt, answers.get(best)), read);
            case Lesson.Rating _ ->
                    report.add(
                            DataProblem.UNSUITED,
                            place,
                            "a rating does not say whether to imitate; reward learns from it");
            case Lesson.Thumb(var prompt, var answer, var up, _) -> {
                if (up) {
                    add(place, answered(prompt, answer), read);
                } else {
                    report.add(DataProblem.DISLIKED, place, "nothing to imitate");
                }
            }
        }
    }

    private void add(Place place, List<Message> messages, List<Document> read) {
        Document document;
        try {
            document = documents.conversation(messages);
        } catch (IllegalArgumentException refused) {
            report.add(DataProblem.ROLES, place, String.valueOf(refused.getMessage()));
            return;
        }
        int tokens = document.ids().length;
        if (document.answered().nextSetBit(0) > context) {
            report.add(DataProblem.OVER_LONG, place, "the answer begins after the context");
            return;
        }
        if (tokens > context + 1) {
            report.add(
                    DataProblem.SHORTENED,
                    place,
                    "cut from %d tokens to the context".formatted(tokens));
        }
        report.used(place);
        read.add(document);
    }

    private static List<Message> answered(List<Message> prompt, String answer) {
        List<Message> messages = new ArrayList<>(prompt);
        messages.add(new Message("assistant", answer));
        return messages;
    }
}
