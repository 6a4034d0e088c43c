package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.Example;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The thumbs on single answers that reward models can learn from, apart by rater as the pairs of
/// [PreferenceData] are. Nobody's weigh more among them than [WeightCap] allows.
///
/// @param coach of the coach's raters
/// @param judge of the judge's raters
public record Thumbs(List<Opinion.Thumb> coach, List<Opinion.Thumb> judge) {
    public Thumbs {
        coach = List.copyOf(coach);
        judge = List.copyOf(judge);
    }

    /// The thumbs among `examples`, in the order of their ids: ratings of 0 and 1. Those on text
    /// that a person wrote, of raters of weight 0 and of test raters are left out.
    static Thumbs of(List<Example> examples, OpinionWeights weights) {
        List<Opinion.Thumb> coach = new ArrayList<>();
        List<Opinion.Thumb> judge = new ArrayList<>();
        examples.stream()
                .filter(Example.Rated.class::isInstance)
                .map(Example.Rated.class::cast)
                .filter(rated -> rated.score() == 0 || rated.score() == 1)
                .sorted(Comparator.comparing(Example.Rated::id))
                .forEach(rated -> {
                    double weight = weights.of(rated.provenance());
                    List<Integer> ids = rated.response().tokenIds();
                    if (ids == null || ids.isEmpty() || weight <= 0) {
                        return;
                    }
                    Answer answer = new Answer(rated.promptIds(), ids);
                    Opinion.Thumb thumb =
                            new Opinion.Thumb(
                                    answer, rated.score() == 1, weight, rated.provenance().rater());
                    switch (PreferenceData.Group.of(rated.provenance())) {
                        case COACH -> coach.add(thumb);
                        case JUDGE, VALIDATION -> judge.add(thumb);
                        case TEST -> {}
                    }
                });
        List<Opinion.Thumb> all = new ArrayList<>(coach);
        all.addAll(judge);
        WeightCap cap = WeightCap.of(all);
        return new Thumbs(capped(coach, cap), capped(judge, cap));
    }

    private static List<Opinion.Thumb> capped(List<Opinion.Thumb> thumbs, WeightCap cap) {
        return thumbs.stream()
                .map(thumb ->
                        new Opinion.Thumb(
                                thumb.answer(),
                                thumb.up(),
                                thumb.weight() * cap.factors().getOrDefault(thumb.rater(), 1.0),
                                thumb.rater()))
                .toList();
    }
}
