package io.thumbwheel.trainer.offline;

import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Contest;
import io.thumbwheel.trainer.reward.Opinion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Two answers of which one was preferred: what a judge can be right on.
///
/// @param file where the chosen answer was read
/// @param firstPrompt what the user says before the chosen answer first
record LabelledPair(
        Path file,
        String firstPrompt,
        Answer chosen,
        Answer rejected,
        String chosenText,
        String rejectedText) {

    /// All that the opinions say: their pairs, those of a ranking, a picked answer against the
    /// others, and single thumbs and ratings of one rater against opposite ones, whose prompts
    /// differ.
    static List<LabelledPair> of(List<Labelled> labelled) {
        List<Opinion> opinions = labelled.stream().map(Labelled::opinion).toList();
        List<Answer> answers = Opinion.answersOf(opinions);
        List<Labelled> sources = new ArrayList<>(); // [answers]
        List<String> texts = new ArrayList<>(); // [answers]
        for (Labelled one : labelled) {
            for (String text : one.texts()) {
                sources.add(one);
                texts.add(text);
            }
        }
        List<Contest> contests = new ArrayList<>(Contest.compared(opinions));
        contests.addAll(Contest.matched(opinions));
        List<LabelledPair> pairs = new ArrayList<>();
        for (Contest contest : contests) {
            if (contest.target() != 0.5) {
                int chosen = contest.target() > 0.5 ? contest.a() : contest.b();
                int rejected = contest.target() > 0.5 ? contest.b() : contest.a();
                pairs.add(
                        new LabelledPair(
                                sources.get(chosen).file(),
                                sources.get(chosen).firstPrompt(),
                                answers.get(chosen),
                                answers.get(rejected),
                                texts.get(chosen),
                                texts.get(rejected)));
            }
        }
        return pairs;
    }

    /// Tokens of the chosen answer, EOS included.
    int chosenLength() {
        return chosen.responseIds().size();
    }

    /// Tokens of the rejected answer, EOS included.
    int rejectedLength() {
        return rejected.responseIds().size();
    }
}
