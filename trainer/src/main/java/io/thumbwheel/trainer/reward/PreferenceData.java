package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.Example;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// The pairs that reward models learn from and are measured on, apart by rater.
///
/// Two reward models learn from no rater in common: the coach, which PPO maximises, and the judge,
/// which the gate asks (Bai et al., arXiv:2204.05862, section 4.3: train and test preference models
/// diverge where PPO exploits one). The coach gets three quarters of the training raters, by hash:
/// its errors are what PPO finds. The judge gets the others and the validation raters: it has to
/// tell two policies apart over hundreds of prompts, which averages its noise away, but not an
/// error in its direction. When to stop training is all that one model hears of the other's raters.
///
/// @param coach pairs of training raters
/// @param judge pairs of the other training raters and of validation raters
/// @param validation say when the coach's training stops
/// @param test measure, and nothing else
/// @param unseen of all but the coach's raters, judge's, validation and test: where it is measured
/// @param thumbs on single answers, by the same raters
/// @param shares what each group of raters has of examples and weight ([RaterShares])
public record PreferenceData(
        List<Pair> coach,
        List<Pair> judge,
        List<Pair> validation,
        List<SourcedPair> test,
        List<SourcedPair> unseen,
        Thumbs thumbs,
        SortedMap<String, Double> shares) {

    private static final double TIE_WEIGHT = 0.5;

    public PreferenceData {
        coach = List.copyOf(coach);
        judge = List.copyOf(judge);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        unseen = List.copyOf(unseen);
        shares = new TreeMap<>(shares);
    }

    /// What is done with a rater's pairs.
    enum Group {
        COACH,
        JUDGE,
        VALIDATION,
        TEST;

        static Group of(Example.Provenance provenance) {
            return switch (provenance.split()) {
                case TRAIN -> coaches(provenance.rater()) ? COACH : JUDGE;
                case VALIDATION -> VALIDATION;
                case TEST -> TEST;
            };
        }

        /// Whether a reward model learns from them.
        boolean trains() {
            return switch (this) {
                case COACH, JUDGE, VALIDATION -> true;
                case TEST -> false;
            };
        }
    }

    /// A comparison with the weight that trust and age give it.
    private record Weighed(Group group, Example.Preference source, Pair pair) {}

    /// The preferences among `examples`, in the order of their ids. Answers without token ids (a
    /// person wrote them) and raters of weight 0 are left out; no rater weighs more than
    /// [WeightCap] allows.
    ///
    /// @param raterWeights by pseudonym; 1 where absent
    /// @param halfLife by which opinions that train lose weight with age, before the cap
    public static PreferenceData of(
            List<Example> examples, Map<String, Double> raterWeights, HalfLife halfLife) {
        OpinionWeights weights = OpinionWeights.of(examples, raterWeights, halfLife);
        List<Weighed> all =
                examples.stream()
                        .filter(Example.Preference.class::isInstance)
                        .map(Example.Preference.class::cast)
                        .sorted(Comparator.comparing(Example.Preference::id))
                        .flatMap(preference -> weighed(preference, weights).stream())
                        .toList();
        WeightCap cap =
                WeightCap.of(
                        all.stream()
                                .filter(comparison -> comparison.group.trains())
                                .map(Weighed::pair)
                                .toList());
        List<Pair> coach = new ArrayList<>();
        List<Pair> judge = new ArrayList<>();
        List<Pair> validation = new ArrayList<>();
        List<SourcedPair> test = new ArrayList<>();
        List<SourcedPair> unseen = new ArrayList<>();
        RaterShares shares = new RaterShares();
        for (Weighed comparison : all) {
            Group group = comparison.group;
            Pair pair = group.trains() ? cap.on(comparison.pair) : comparison.pair;
            shares.add(group, comparison.source.provenance().raterKind(), pair);
            if (pair.weight() > 0) {
                SourcedPair sourced = new SourcedPair(pair, comparison.source);
                if (group != Group.COACH) {
                    unseen.add(sourced);
                }
                switch (group) {
                    case COACH -> coach.add(pair);
                    case JUDGE -> judge.add(pair);
                    case VALIDATION -> {
                        validation.add(pair);
                        judge.add(pair);
                    }
                    case TEST -> test.add(sourced);
                }
            }
        }
        return new PreferenceData(
                coach,
                judge,
                validation,
                test,
                unseen,
                Thumbs.of(examples, weights),
                shares.named(cap));
    }

    /// The same where opinions of all ages weigh the same.
    public static PreferenceData of(List<Example> examples, Map<String, Double> raterWeights) {
        return of(examples, raterWeights, HalfLife.NONE);
    }

    private static Optional<Weighed> weighed(
            Example.Preference preference, OpinionWeights weights) {
        Example.Provenance provenance = preference.provenance();
        List<Integer> a = preference.a().tokenIds();
        List<Integer> b = preference.b().tokenIds();
        if (a == null || b == null || a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        double weight = weights.of(provenance);
        return Optional.of(
                new Weighed(Group.of(provenance), preference, pair(preference, a, b, weight)));
    }

    private static Pair pair(
            Example.Preference preference, List<Integer> a, List<Integer> b, double weight) {
        double target =
                switch (preference.outcome()) {
                    case A -> 1;
                    case B -> 0;
                    case TIE -> 0.5;
                };
        return new Pair(
                preference.promptIds(),
                a,
                b,
                target,
                target == 0.5 ? weight * TIE_WEIGHT : weight,
                preference.provenance().rater(),
                preference.margin());
    }

    /// Whether a training rater's pairs teach the coach; salted, so that it is independent of the
    /// split.
    public static boolean coaches(String rater) {
        CRC32C crc = new CRC32C();
        crc.update(("coach:" + rater).getBytes(StandardCharsets.UTF_8));
        return crc.getValue() % 4 < 3;
    }
}
