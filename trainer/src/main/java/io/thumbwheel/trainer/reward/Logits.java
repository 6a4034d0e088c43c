package io.thumbwheel.trainer.reward;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a reward model says of answers in log-odds, a constant left open, so that only differences
/// mean something. An answer is asked once: sets that a model is measured on overlap.
public final class Logits implements Reward {
    private final RewardModel model;
    private final Map<Answer, Double> known = new HashMap<>();

    public Logits(RewardModel model) {
        this.model = model;
    }

    @Override
    public double[] scores(List<Answer> answers) {
        List<Answer> unknown =
                answers.stream().distinct().filter(one -> !known.containsKey(one)).toList();
        double[] logits = model.logits(unknown);
        for (int i = 0; i < logits.length; i++) {
            known.put(unknown.get(i), logits[i]);
        }
        return answers.stream().mapToDouble(known::get).toArray();
    }

    /// Loss, accuracy and calibration on what was compared and not trained on.
    public PairMetrics measure(List<? extends Opinion> opinions) {
        return PairMetrics.of(Contest.compared(opinions), scores(Opinion.answersOf(opinions)));
    }
}
