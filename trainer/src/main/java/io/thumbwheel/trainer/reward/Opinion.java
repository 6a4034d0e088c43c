package io.thumbwheel.trainer.reward;

import java.util.List;
import java.util.stream.Stream;

/// What a rater said of one or more answers: a row of the reward model's data.
public sealed interface Opinion
        permits Pair, Opinion.Ranking, Opinion.Pick, Opinion.Thumb, Opinion.Rating {

    /// What it is about [answers].
    List<Answer> answers();

    /// Factor of its loss.
    double weight();

    /// Pseudonym; empty where unknown.
    String rater();

    /// The answers of all of them, opinion after opinion.
    static List<Answer> answersOf(List<? extends Opinion> opinions) {
        return opinions.stream().flatMap(opinion -> opinion.answers().stream()).toList();
    }

    /// Several answers to one prompt in order.
    ///
    /// @param answers the best first
    record Ranking(List<Answer> answers, double weight, String rater) implements Opinion {
        public Ranking {
            answers = List.copyOf(answers);
            if (answers.size() < 2) {
                throw new IllegalArgumentException(
                        "a ranking needs at least 2 answers, got " + answers.size());
            }
        }

        /// How many pairs it orders.
        int pairs() {
            return answers.size() * (answers.size() - 1) / 2;
        }
    }

    /// The best of several answers to one prompt.
    ///
    /// @param best its index
    record Pick(List<Answer> answers, int best, double weight, String rater) implements Opinion {
        public Pick {
            answers = List.copyOf(answers);
            if (answers.size() < 2 || best < 0 || best >= answers.size()) {
                throw new IllegalArgumentException(
                        "the best of at least 2 answers is one of them, got %d of %d"
                                .formatted(best, answers.size()));
            }
        }
    }

    /// One answer found good or bad.
    record Thumb(Answer answer, boolean up, double weight, String rater) implements Opinion {

        /// What comparisons say of single answers: the chosen one is good, the other is not. Ties
        /// say nothing.
        public static List<Thumb> of(List<Pair> pairs) {
            return pairs.stream()
                    .filter(pair -> pair.target() != 0.5)
                    .flatMap(pair ->
                            Stream.of(
                                    new Thumb(
                                            pair.a(),
                                            pair.target() > 0.5,
                                            pair.weight(),
                                            pair.rater()),
                                    new Thumb(
                                            pair.b(),
                                            pair.target() < 0.5,
                                            pair.weight(),
                                            pair.rater())))
                    .toList();
        }

        @Override
        public List<Answer> answers() {
            return List.of(answer);
        }
    }

    /// One answer and how good it is.
    ///
    /// @param value standardised over the ratings of its scale
    record Rating(Answer answer, double value, double weight, String rater) implements Opinion {
        @Override
        public List<Answer> answers() {
            return List.of(answer);
        }
    }
}
