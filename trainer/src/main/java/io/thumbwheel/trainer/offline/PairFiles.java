package io.thumbwheel.trainer.offline;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.formats.LessonReader;
import io.thumbwheel.trainer.formats.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The comparisons of some files. A thumb up and a thumb down on answers to one prompt make one;
/// each thumb is used once.
final class PairFiles {
    private final PairEncoder encoder;
    private final DataReport report;
    private final List<LabelledPair> pairs = new ArrayList<>();
    private final Map<List<Message>, Deque<Waiting>> thumbs = new LinkedHashMap<>();

    /// A thumb that has found no opposite one yet.
    private record Waiting(Place place, Lesson.Thumb thumb) {}

    PairFiles(PairEncoder encoder, DataReport report) {
        this.encoder = encoder;
        this.report = report;
    }

    /// All comparisons, in order.
    List<LabelledPair> read(List<Path> files) throws IOException {
        LessonReader reader = new LessonReader(report);
        for (Path file : files) {
            reader.forEach(file, this::take);
        }
        for (Deque<Waiting> waiting : thumbs.values()) {
            for (Waiting left : waiting) {
                report.add(
                        DataProblem.NO_COMPARISON,
                        left.place(),
                        "a thumb without an opposite one on the same prompt");
            }
        }
        return pairs;
    }

    private void take(Place place, Lesson lesson) {
        switch (lesson) {
            case Lesson.Comparison comparison -> {
                if (add(place, comparison)) {
                    report.used(place);
                }
            }
            case Lesson.Thumb thumb -> pair(new Waiting(place, thumb));
            case Lesson.Question _ ->
                    report.add(DataProblem.EMPTY_ANSWER, place, "the assistant says nothing");
            case Lesson.Conversation _ ->
                    report.add(
                            DataProblem.NO_COMPARISON,
                            place,
                            "a conversation prefers nothing; sft learns from it");
        }
    }

    private void pair(Waiting one) {
        Deque<Waiting> waiting =
                thumbs.computeIfAbsent(one.thumb().prompt(), _ -> new ArrayDeque<>());
        if (waiting.isEmpty() || waiting.getFirst().thumb().up() == one.thumb().up()) {
            waiting.add(one);
            return;
        }
        Waiting other = waiting.removeFirst();
        Lesson.Thumb up = one.thumb().up() ? one.thumb() : other.thumb();
        Lesson.Thumb down = one.thumb().up() ? other.thumb() : one.thumb();
        if (add(one.place(), new Lesson.Comparison(up.prompt(), up.answer(), down.answer()))) {
            report.used(one.place());
            report.used(other.place());
        }
    }

    private boolean add(Place place, Lesson.Comparison comparison) {
        Optional<LabelledPair> pair = encoder.encode(place, comparison);
        pair.ifPresent(pairs::add);
        return pair.isPresent();
    }
}
