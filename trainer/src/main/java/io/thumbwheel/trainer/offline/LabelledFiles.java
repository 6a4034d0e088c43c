package io.thumbwheel.trainer.offline;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.formats.LessonReader;
import io.thumbwheel.trainer.formats.Place;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The opinions of some files. A thumb up and a thumb down on answers to one prompt make a pair;
/// each thumb is used once, and those left over stay thumbs. Ratings are standardised over their
/// file.
final class LabelledFiles {
    private final PairEncoder encoder;
    private final DataReport report;
    private final List<Labelled> opinions = new ArrayList<>();
    private final Map<List<Message>, Deque<Waiting>> thumbs = new LinkedHashMap<>();
    private final Map<Path, List<Rated>> ratings = new LinkedHashMap<>();

    /// A thumb that has found no opposite one yet.
    private record Waiting(Place place, Lesson.Thumb thumb) {}

    /// A rating as it was given.
    private record Rated(Path file, Answer answer, Lesson.Rating rating) {}

    LabelledFiles(PairEncoder encoder, DataReport report) {
        this.encoder = encoder;
        this.report = report;
    }

    /// All of them: what compares in order, then single thumbs, then ratings.
    List<Labelled> read(List<Path> files) throws IOException {
        LessonReader reader = new LessonReader(report);
        for (Path file : files) {
            reader.forEach(file, this::take);
        }
        for (Deque<Waiting> waiting : thumbs.values()) {
            waiting.forEach(this::addThumb);
        }
        ratings.values().forEach(rated -> opinions.addAll(standardised(rated)));
        return opinions;
    }

    private void take(Place place, Lesson lesson) {
        switch (lesson) {
            case Lesson.Comparison comparison -> {
                if (add(place, comparison)) {
                    report.used(place);
                }
            }
            case Lesson.Ranking(var prompt, var texts) -> {
                String first = Labelled.firstPrompt(prompt);
                encoder.encode(place, prompt, texts)
                        .ifPresent(answers ->
                                add(place, first, new Opinion.Ranking(answers, 1, first), texts));
            }
            case Lesson.Pick(var prompt, var texts, var best) -> {
                String first = Labelled.firstPrompt(prompt);
                encoder.encode(place, prompt, texts)
                        .ifPresent(answers ->
                                add(
                                        place,
                                        first,
                                        new Opinion.Pick(answers, best, 1, first),
                                        texts));
            }
            case Lesson.Rating rating -> addRating(place, rating);
            case Lesson.Thumb thumb -> pair(new Waiting(place, thumb));
            case Lesson.Question _, Lesson.KnownAnswer _ ->
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

    private void addThumb(Waiting one) {
        Lesson.Thumb thumb = one.thumb();
        encoder.encode(one.place(), thumb.prompt(), thumb.answer())
                .ifPresent(answer ->
                        add(
                                one.place(),
                                Labelled.firstPrompt(thumb.prompt()),
                                new Opinion.Thumb(answer, thumb.up(), 1, thumb.rater()),
                                List.of(thumb.answer())));
    }

    private void addRating(Place place, Lesson.Rating rating) {
        encoder.encode(place, rating.prompt(), rating.answer())
                .ifPresent(answer -> {
                    report.used(place);
                    ratings.computeIfAbsent(place.file(), _ -> new ArrayList<>())
                            .add(new Rated(place.file(), answer, rating));
                });
    }

    /// Ratings of one file with mean 0 and deviation 1; all 0 where they are equal.
    private static List<Labelled> standardised(List<Rated> rated) {
        double[] values = rated.stream().mapToDouble(one -> one.rating().value()).toArray();
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance =
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        double unit = variance > 0 ? Math.sqrt(variance) : 1;
        return rated.stream()
                .map(one ->
                        new Labelled(
                                one.file(),
                                Labelled.firstPrompt(one.rating().prompt()),
                                new Opinion.Rating(
                                        one.answer(),
                                        (one.rating().value() - mean) / unit,
                                        1,
                                        one.rating().rater()),
                                List.of(one.rating().answer())))
                .toList();
    }

    private void add(Place place, String firstPrompt, Opinion opinion, List<String> texts) {
        report.used(place);
        opinions.add(new Labelled(place.file(), firstPrompt, opinion, texts));
    }

    private boolean add(Place place, Lesson.Comparison comparison) {
        Optional<Pair> pair = encoder.encode(place, comparison);
        pair.ifPresent(ids ->
                opinions.add(
                        new Labelled(
                                place.file(),
                                ids.rater(),
                                ids,
                                List.of(comparison.chosen(), comparison.rejected()))));
        return pair.isPresent();
    }
}
