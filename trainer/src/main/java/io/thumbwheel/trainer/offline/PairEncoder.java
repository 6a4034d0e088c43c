package io.thumbwheel.trainer.offline;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.formats.Place;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Comparisons as ids: the prompt by the chat template up to where the assistant begins, each
/// answer as it would be sampled after it, and EOS. What is too long for the context loses the
/// oldest turns of its prompt; where that is not enough, it is left out.
final class PairEncoder {
    private final ChatTemplate template;
    private final int context;
    private final DataReport report;

    PairEncoder(ChatTemplate template, int context, DataReport report) {
        this.template = template;
        this.context = context;
        this.report = report;
    }

    /// The pair; empty where the report has got the reason.
    Optional<Pair> encode(Place place, Lesson.Comparison comparison) {
        List<Integer> chosen = answer(comparison.chosen());
        List<Integer> rejected = answer(comparison.rejected());
        if (chosen.equals(rejected)) {
            report.add(DataProblem.SAME_ANSWERS, place, "the same token ids");
            return Optional.empty();
        }
        int longest = Math.max(chosen.size(), rejected.size());
        return fitting(place, comparison.prompt(), longest)
                .map(ids ->
                        new Pair(
                                ids,
                                chosen,
                                rejected,
                                1,
                                1,
                                Labelled.firstPrompt(comparison.prompt()),
                                comparison.margin()));
    }

    /// Several answers to one prompt; empty where the report has got the reason.
    Optional<List<Answer>> encode(Place place, List<Message> prompt, List<String> texts) {
        List<List<Integer>> answers = texts.stream().map(this::answer).toList();
        if (Set.copyOf(answers).size() < answers.size()) {
            report.add(DataProblem.SAME_ANSWERS, place, "the same token ids");
            return Optional.empty();
        }
        int longest = answers.stream().mapToInt(List::size).max().orElseThrow();
        return fitting(place, prompt, longest)
                .map(ids -> answers.stream().map(answer -> new Answer(ids, answer)).toList());
    }

    /// One answer; empty where the report has got the reason.
    Optional<Answer> encode(Place place, List<Message> prompt, String text) {
        List<Integer> answer = answer(text);
        return fitting(place, prompt, answer.size()).map(ids -> new Answer(ids, answer));
    }

    private List<Integer> answer(String text) {
        List<Integer> ids = new ArrayList<>(template.tokenizer().encode(text.strip()));
        ids.add(template.eos());
        return ids;
    }

    private Optional<List<Integer>> fitting(Place place, List<Message> turns, int answer) {
        try {
            return prompt(place, turns, answer);
        } catch (IllegalArgumentException refused) {
            report.add(DataProblem.ROLES, place, String.valueOf(refused.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<List<Integer>> prompt(Place place, List<Message> turns, int answer) {
        List<Message> kept = turns;
        List<Integer> ids = template.prompt(kept);
        while (ids.size() + answer > context) {
            kept = withoutOldest(kept);
            if (kept.isEmpty()) {
                report.add(
                        DataProblem.OVER_LONG,
                        place,
                        "the last question and an answer of %d tokens exceed the context of %d"
                                .formatted(answer, context));
                return Optional.empty();
            }
            ids = template.prompt(kept);
        }
        if (kept.size() < turns.size()) {
            report.add(
                    DataProblem.SHORTENED,
                    place,
                    "%d of %d turns kept".formatted(kept.size(), turns.size()));
        }
        return Optional.of(ids);
    }

    /// Without the oldest question and its answer; a system turn stays. Empty where one question is
    /// left.
    private static List<Message> withoutOldest(List<Message> turns) {
        int head = turns.getFirst().role().equals("system") ? 1 : 0;
        int next = head + 1;
        while (next < turns.size() && !turns.get(next).role().equals("user")) {
            next++;
        }
        if (next >= turns.size()) {
            return List.of();
        }
        List<Message> kept = new ArrayList<>(turns.subList(0, head));
        kept.addAll(turns.subList(next, turns.size()));
        return kept;
    }
}
