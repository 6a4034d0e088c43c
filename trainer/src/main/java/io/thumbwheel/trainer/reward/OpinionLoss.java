package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.trainer.model.Scale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The loss of some opinions as a function of their answers' scores r, over their summed weights:
///
/// - a pair: [PairLoss] at `r_a − r_b − m`, m the margin of the vote (Touvron et al.,
///   arXiv:2307.09288, eq. 2);
/// - a ranking of K: the mean of [PairLoss] over its K (K − 1) / 2 pairs, so that each answer is
///   run once and a prompt counts once (InstructGPT, arXiv:2203.02155, section 3.5);
/// - a pick of N: the cross-entropy of a softmax over N scores (Ziegler et al., arXiv:1909.08593,
///   eq. 1); with N = 2 that of a pair;
/// - a thumb: `−log σ(±(r − b))` with the rater's leniency b, [Thresholds];
/// - a rating y: `½ (r − b − y)²`.
///
/// A constant on all scores (and so on every b) changes none of them.
///
/// Label smoothing ε gives an unpicked answer ε / (N − 1).
final class OpinionLoss {
    private final List<Duel> duels = new ArrayList<>();
    private final List<Choice> choices = new ArrayList<>();
    private final List<Aim> aims = new ArrayList<>();
    private final double smoothing;
    private double total;
    private int rows;

    /// Two scores, or one against a number.
    ///
    /// @param b row of the other answer; [#NOBODY] where there is none
    /// @param threshold what stands for its score then
    /// @param margin taken off the difference
    private record Duel(
            int a, int b, double threshold, double margin, double target, double weight) {
        static final int NOBODY = -1;

        double difference(double[] scores) {
            return scores[a] - (b == NOBODY ? threshold : scores[b]);
        }
    }

    private record Choice(int firstRow, int answers, int best, double weight) {}

    private record Aim(int row, double value, double weight) {}

    /// @param smoothing how likely a label is wrong; ratings are not smoothed
    OpinionLoss(List<? extends Opinion> opinions, Thresholds thresholds, double smoothing) {
        this.smoothing = smoothing;
        for (Opinion opinion : opinions) {
            add(opinion, thresholds);
            rows += opinion.answers().size();
            total += opinion.weight();
        }
        total = Math.max(total, 1e-8);
    }

    private void add(Opinion opinion, Thresholds thresholds) {
        switch (opinion) {
            case Pair pair -> {
                double margin = pair.margin() * (2 * pair.target() - 1);
                duels.add(new Duel(rows, rows + 1, 0, margin, pair.target(), pair.weight()));
            }
            case Opinion.Ranking ranking -> {
                for (int better = 0; better < ranking.answers().size(); better++) {
                    for (int worse = better + 1; worse < ranking.answers().size(); worse++) {
                        double weight = ranking.weight() / ranking.pairs();
                        duels.add(new Duel(rows + better, rows + worse, 0, 0, 1, weight));
                    }
                }
            }
            case Opinion.Pick(var answers, var best, var weight, _) ->
                    choices.add(new Choice(rows, answers.size(), best, weight));
            case Opinion.Thumb(_, var up, var weight, var rater) ->
                    duels.add(
                            new Duel(
                                    rows,
                                    Duel.NOBODY,
                                    thresholds.thumbs().of(rater),
                                    0,
                                    up ? 1 : 0,
                                    weight));
            case Opinion.Rating(_, var value, var weight, var rater) ->
                    aims.add(new Aim(rows, value + thresholds.ratings().of(rater), weight));
        }
    }

    /// @param scores opinion after opinion [answers]
    double of(double[] scores) {
        double loss = 0;
        for (Duel duel : duels) {
            loss +=
                    duel.weight()
                            * PairLoss.of(
                                    duel.difference(scores) - duel.margin(),
                                    PairLoss.smoothed(duel.target(), smoothing));
        }
        for (Choice choice : choices) {
            double greatest =
                    Arrays.stream(scores, choice.firstRow(), choice.firstRow() + choice.answers())
                            .max()
                            .orElseThrow();
            double sum = 0;
            double said = 0;
            for (int i = 0; i < choice.answers(); i++) {
                double score = scores[choice.firstRow() + i];
                sum += Math.exp(score - greatest);
                said += share(choice, i) * score;
            }
            loss += choice.weight() * (greatest + Math.log(sum) - said);
        }
        for (Aim aim : aims) {
            double error = scores[aim.row()] - aim.value();
            loss += aim.weight() * error * error / 2;
        }
        return loss / total;
    }

    /// By how much what was preferred is ahead of what was not, or of the rater's threshold, one
    /// number for each decided pair, thumb and pick.
    double[] margins(double[] scores) {
        List<Double> margins = new ArrayList<>();
        for (Duel duel : duels) {
            if (duel.target() != 0.5) {
                margins.add(duel.difference(scores) * (duel.target() > 0.5 ? 1 : -1));
            }
        }
        for (Choice choice : choices) {
            double strongest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < choice.answers(); i++) {
                if (i != choice.best()) {
                    strongest = Math.max(strongest, scores[choice.firstRow() + i]);
                }
            }
            margins.add(scores[choice.firstRow() + choice.best()] - strongest);
        }
        return margins.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// The same as of numbers [].
    ///
    /// @param scores differentiable [answers]
    NDArray of(NDArray scores) {
        List<NDArray> parts = new ArrayList<>();
        if (!duels.isEmpty()) {
            parts.add(ofDuels(scores));
        }
        if (!choices.isEmpty()) {
            parts.add(ofChoices(scores));
        }
        if (!aims.isEmpty()) {
            parts.add(ofAims(scores));
        }
        return parts.stream().reduce(NDArray::add).orElseThrow();
    }

    private NDArray ofDuels(NDArray scores) {
        int count = duels.size();
        long[] first = new long[count];
        long[] second = new long[count];
        float[] rivals = new float[count]; // 1 where there is another answer
        float[] offsets = new float[count];
        float[] targets = new float[count];
        float[] weights = new float[count];
        double share = 0;
        for (int i = 0; i < count; i++) {
            Duel duel = duels.get(i);
            boolean alone = duel.b() == Duel.NOBODY;
            first[i] = duel.a();
            second[i] = alone ? duel.a() : duel.b();
            rivals[i] = alone ? 0 : 1;
            offsets[i] = (float) (duel.threshold() + duel.margin());
            targets[i] = (float) PairLoss.smoothed(duel.target(), smoothing);
            weights[i] = (float) duel.weight();
            share += duel.weight();
        }
        NDManager manager = scores.getManager();
        NDArray rival =
                scores.gather(manager.create(second), 0).mul(manager.create(rivals)); // [duels]
        NDArray difference =
                scores.gather(manager.create(first), 0)
                        .sub(rival)
                        .sub(manager.create(offsets)); // [duels]
        return Scale.by(PairLoss.of(difference, targets, weights), share / total);
    }

    private NDArray ofChoices(NDArray scores) {
        int most = choices.stream().mapToInt(Choice::answers).max().orElseThrow();
        int count = choices.size();
        long[] places = new long[count * most];
        float[] absent = new float[count * most]; // far below any score where there is no answer
        float[] shares = new float[count * most];
        for (int row = 0; row < count; row++) {
            Choice choice = choices.get(row);
            for (int i = 0; i < most; i++) {
                boolean there = i < choice.answers();
                int at = row * most + i;
                places[at] = choice.firstRow() + (there ? i : 0);
                absent[at] = there ? 0 : -1e9f;
                shares[at] = there ? (float) (choice.weight() * share(choice, i)) : 0;
            }
        }
        NDManager manager = scores.getManager();
        Shape shape = new Shape(count, most);
        NDArray loss =
                scores.gather(manager.create(places), 0)
                        .reshape(shape)
                        .add(manager.create(absent, shape))
                        .logSoftmax(1) // [choices, most]
                        .mul(manager.create(shares, shape))
                        .sum()
                        .neg();
        return Scale.over(loss, total);
    }

    private NDArray ofAims(NDArray scores) {
        long[] places = aims.stream().mapToLong(Aim::row).toArray();
        float[] values = new float[places.length];
        float[] weights = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            values[i] = (float) aims.get(i).value();
            weights[i] = (float) aims.get(i).weight();
        }
        NDManager manager = scores.getManager();
        NDArray error =
                scores.gather(manager.create(places), 0).sub(manager.create(values)); // [aims]
        return Scale.over(error.mul(error).mul(manager.create(weights)).sum(), 2 * total);
    }

    /// What the smoothed label gives the answer.
    private double share(Choice choice, int answer) {
        return answer == choice.best() ? 1 - smoothing : smoothing / (choice.answers() - 1);
    }
}
