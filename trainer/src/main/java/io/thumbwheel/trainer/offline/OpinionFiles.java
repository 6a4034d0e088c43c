package io.thumbwheel.trainer.offline;

import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.formats.LessonReader;
import io.thumbwheel.trainer.formats.Place;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The comparisons and the thumbs of some files, each kind as it is.
///
/// @param pairs the chosen answer first
/// @param thumbs single answers; what the assistant says in a conversation is taken for good
record OpinionFiles(List<Pair> pairs, List<Opinion.Thumb> thumbs) {
    OpinionFiles {
        pairs = List.copyOf(pairs);
        thumbs = List.copyOf(thumbs);
    }

    /// Reads all files; what cannot be used is in the report.
    static OpinionFiles read(PairEncoder encoder, DataReport report, List<Path> files)
            throws IOException {
        List<Pair> pairs = new ArrayList<>();
        List<Opinion.Thumb> thumbs = new ArrayList<>();
        LessonReader reader = new LessonReader(report);
        for (Path file : files) {
            reader.forEach(
                    file, (place, lesson) -> take(encoder, report, place, lesson, pairs, thumbs));
        }
        return new OpinionFiles(pairs, thumbs);
    }

    private static void take(
            PairEncoder encoder,
            DataReport report,
            Place place,
            Lesson lesson,
            List<Pair> pairs,
            List<Opinion.Thumb> thumbs) {
        switch (lesson) {
            case Lesson.Comparison comparison ->
                    encoder.encode(place, comparison)
                            .ifPresent(pair -> {
                                report.used(place);
                                pairs.add(pair);
                            });
            case Lesson.Ranking _, Lesson.Pick _, Lesson.Rating _ ->
                    report.add(
                            DataProblem.UNSUITED,
                            place,
                            "the method takes pairs and thumbs; reward learns from rankings, picks and ratings");
            case Lesson.Thumb(var prompt, var answer, var up, var rater) ->
                    encoder.encode(place, prompt, answer)
                            .ifPresent(encoded -> {
                                report.used(place);
                                thumbs.add(new Opinion.Thumb(encoded, up, 1, rater));
                            });
            case Lesson.Conversation(var messages) -> {
                int last = messages.size() - 1;
                if (!messages.get(last).role().equals("assistant")) {
                    report.add(DataProblem.ROLES, place, "the assistant does not speak last");
                    return;
                }
                encoder.encode(place, messages.subList(0, last), messages.get(last).content())
                        .ifPresent(encoded -> {
                            report.used(place);
                            thumbs.add(new Opinion.Thumb(encoded, true, 1, ""));
                        });
            }
            case Lesson.Question _, Lesson.KnownAnswer _ ->
                    report.add(DataProblem.EMPTY_ANSWER, place, "the assistant says nothing");
        }
    }
}
