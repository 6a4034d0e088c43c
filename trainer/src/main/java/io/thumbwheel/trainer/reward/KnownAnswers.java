package io.thumbwheel.trainer.reward;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What is right to say to some prompts. Where it is known, the score of an answer is `(1 − w) ·
/// learned + w · grade`; raters cannot check everything, and a learned reward pays for what they
/// believe.
public final class KnownAnswers {
    /// Nothing is known.
    public static final KnownAnswers NONE = new KnownAnswers(Map.of(), _ -> "");

    private final Map<List<Integer>, List<String>> byPrompt;
    private final Function<List<Integer>, String> text;

    /// @param byPrompt accepted answers by the ids of the prompt
    /// @param text of an answer's ids, special tokens left out
    public KnownAnswers(
            Map<List<Integer>, List<String>> byPrompt, Function<List<Integer>, String> text) {
        this.byPrompt = Map.copyOf(byPrompt);
        this.text = text;
    }

    /// Prompts whose answer is known, in the order of their ids.
    public List<List<Integer>> prompts() {
        return byPrompt.keySet().stream().sorted(Comparator.comparing(List::toString)).toList();
    }

    /// The learned reward with the grade of known answers in it.
    ///
    /// @param weight w, between 0 and 1
    public Reward mixedInto(Reward learned, double weight) {
        if (byPrompt.isEmpty() || weight == 0) {
            return learned;
        }
        return answers -> {
            double[] scores = learned.scores(answers).clone();
            for (int i = 0; i < scores.length; i++) {
                Answer answer = answers.get(i);
                List<String> accepted = byPrompt.get(answer.promptIds());
                if (accepted != null) {
                    Grade grade = Grade.of(text.apply(answer.responseIds()), accepted);
                    scores[i] = (1 - weight) * scores[i] + weight * grade.value();
                }
            }
            return scores;
        };
    }
}
