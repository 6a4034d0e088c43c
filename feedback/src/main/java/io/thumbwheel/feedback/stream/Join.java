package io.thumbwheel.feedback.stream;

import io.thumbwheel.feedback.pairing.Item;
import io.thumbwheel.feedback.pairing.KeptCompletion;
import io.thumbwheel.feedback.pairing.Paired;
import io.thumbwheel.feedback.pairing.Pairing;
import io.thumbwheel.feedback.stream.Claims.Claim;
import io.thumbwheel.feedback.stream.Entry.State;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Provenance;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.ImportedAnswers;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.Split;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The join itself: what each completion and each opinion changes.
///
/// What a rater last said about an item, and has not taken back, holds; last is by offset. An
/// example is about one thing that several opinions may touch: the newest opinion that holds
/// decides what it says, and with none left it is withdrawn. So the examples are a function of the
/// two logs alone, in whatever order their records meet here.
final class Join {
    private final Ledger ledger;
    private final Consumer<Event> output;
    private final StreamCounts counts;

    Join(Ledger ledger, Consumer<Event> output, StreamCounts counts) {
        this.ledger = ledger;
        this.output = output;
        this.counts = counts;
    }

    /// A completion came; false where it had come before.
    boolean completion(CompletionServed served) {
        KeptCompletion kept =
                ledger.isForgotten(served.user(), served.id())
                        ? KeptCompletion.withoutConsent(served.id(), served.user())
                        : KeptCompletion.of(served);
        if (!ledger.keep(kept)) {
            counts.duplicate();
            return false;
        }
        Map<String, Entry> parked = new HashMap<>();
        for (String key : ledger.waitingFor(served.id())) {
            ledger.unpark(served.id(), key);
            ledger.entry(key).ifPresent(entry -> parked.put(key, entry));
        }
        parked.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().offset()))
                .forEach(entry -> settle(entry.getKey(), entry.getValue(), Set.of()));
        return true;
    }

    /// An opinion came.
    ///
    /// @param offset its offset in the feedback topic
    void feedback(FeedbackGiven given, long offset) {
        ImportedAnswers imported = given.imported();
        if (imported != null) {
            ledger.keep(KeptCompletion.of(given.completion(), imported));
        }
        // The answers are kept once, however many judge them.
        FeedbackGiven feedback = given.withoutAnswers();
        if (feedback.opinion() instanceof Opinion.Retraction(var retractedId)) {
            retract(feedback, Ledger.entryKey(feedback.completion(), retractedId), offset);
            return;
        }
        String key = Ledger.entryKey(feedback.completion(), feedback.id());
        if (ledger.entry(key).filter(before -> holdsFor(feedback, before)).isPresent()) {
            counts.duplicate();
            return;
        }
        Set<String> touched =
                ledger.replaceNewest(feedback, key).map(this::supersede).orElseGet(Set::of);
        ledger.introduce(key, feedback);
        settle(key, new Entry(feedback, offset, State.WAITING), touched);
    }

    /// A person is forgotten: what they said goes, and nothing rests on what they asked any more.
    void forget(RaterForgotten forgotten) {
        String person = forgotten.rater();
        ledger.setForgotten(person, forgotten.at());
        Set<CompletionId> emptied = ledger.emptyCompletionsOf(person);
        Map<String, Entry> affected = ledger.entriesOf(person, emptied);
        affected.forEach((key, entry) -> {
            boolean own = entry.feedback().rater().equals(person);
            if (!own && entry.state() != State.JOINED) {
                return;
            }
            Set<String> touched = drop(key, entry, State.RETRACTED);
            if (own) {
                ledger.remove(key, entry);
            } else {
                ledger.put(key, entry.fruitless("the prompt's owner asked to be forgotten"));
            }
            publish(touched, Map.of(), entry.feedback());
        });
        counts.forgottenPerson(affected.size());
    }

    /// Whether the id was used before, or taken back by the same rater before it came.
    private static boolean holdsFor(FeedbackGiven feedback, Entry before) {
        return !(before.feedback().opinion() instanceof Opinion.Retraction)
                || before.feedback().rater().equals(feedback.rater());
    }

    /// Drops the claims of the older opinion about the item; its examples are then without it.
    private Set<String> supersede(String olderKey) {
        return ledger.entry(olderKey)
                .map(older -> drop(olderKey, older, State.SUPERSEDED))
                .orElseGet(Set::of);
    }

    private void retract(FeedbackGiven retraction, String key, long offset) {
        Entry target = ledger.entry(key).orElse(null);
        if (target == null) {
            ledger.put(key, new Entry(retraction, offset, State.RETRACTED));
            ledger.introduce(key, retraction);
            return;
        }
        if (!target.feedback().rater().equals(retraction.rater())) {
            counts.refusedRetraction();
            return;
        }
        Set<String> touched = drop(key, target, State.RETRACTED);
        publish(touched, Map.of(), retraction);
    }

    private Set<String> drop(String key, Entry entry, State state) {
        for (CompletionId id : Item.of(entry.feedback()).completions()) {
            ledger.unpark(id, key);
        }
        for (String exampleId : entry.examples()) {
            ledger.put(exampleId, ledger.claims(exampleId).minus(key));
        }
        ledger.put(key, entry.with(state, List.of()));
        return new LinkedHashSet<>(entry.examples());
    }

    /// Joins an opinion with its completions, or parks it where one is missing.
    ///
    /// @param touched examples that lost a claim on the way and must be said anew
    private void settle(String key, Entry entry, Set<String> touched) {
        FeedbackGiven feedback = entry.feedback();
        List<CompletionId> needed = Item.of(feedback).completions();
        Map<CompletionId, KeptCompletion> kept = ledger.kept(needed);
        if (kept.size() < needed.size()) {
            ledger.put(key, entry);
            needed.stream().filter(id -> !kept.containsKey(id)).forEach(id -> ledger.park(id, key));
            publish(touched, Map.of(), feedback);
            return;
        }
        switch (Pairing.pair(feedback, kept)) {
            case Paired.Fruitless(var reason) -> {
                ledger.put(key, entry.fruitless(reason));
                counts.fruitless();
                publish(touched, Map.of(), feedback);
            }
            case Paired.Examples(var examples) -> {
                Map<String, Example> own = new LinkedHashMap<>();
                examples.forEach(example -> own.put(example.id(), example));
                own.keySet()
                        .forEach(id ->
                                ledger.put(
                                        id,
                                        ledger.claims(id).plus(new Claim(entry.offset(), key))));
                ledger.put(key, entry.with(State.JOINED, List.copyOf(own.keySet())));
                counts.joined();
                Set<String> all = new LinkedHashSet<>(own.keySet());
                all.addAll(touched);
                publish(all, own, feedback);
            }
        }
    }

    /// Says what the examples say now.
    ///
    /// @param own examples of the opinion at hand, by id
    /// @param cause the feedback that changed them
    private void publish(Set<String> exampleIds, Map<String, Example> own, FeedbackGiven cause) {
        for (String exampleId : exampleIds) {
            Example example =
                    ledger.claims(exampleId)
                            .newest()
                            .map(claim -> said(claim, exampleId, own, cause))
                            .orElseGet(() -> withdrawn(exampleId, cause));
            counts.example(example);
            output.accept(example);
        }
    }

    /// The example as the feedback behind `claim` says it.
    private Example said(
            Claim claim, String exampleId, Map<String, Example> own, FeedbackGiven cause) {
        Example mine = own.get(exampleId);
        if (mine != null && mine.provenance().feedbackIds().equals(feedbackIds(claim))) {
            return mine;
        }
        FeedbackGiven feedback = ledger.entry(claim.entryKey()).orElseThrow().feedback();
        List<CompletionId> needed = Item.of(feedback).completions();
        Map<CompletionId, KeptCompletion> kept = ledger.kept(needed);
        if (kept.size() == needed.size()
                && Pairing.pair(feedback, kept) instanceof Paired.Examples(var examples)) {
            return examples.stream()
                    .filter(example -> example.id().equals(exampleId))
                    .findFirst()
                    .orElseGet(() -> withdrawn(exampleId, cause));
        }
        return withdrawn(exampleId, cause);
    }

    private List<String> feedbackIds(Claim claim) {
        return List.of(claim.entryKey().substring(claim.entryKey().indexOf('/') + 1));
    }

    private static Example withdrawn(String exampleId, FeedbackGiven cause) {
        return new Example.Withdrawn(
                exampleId,
                new Provenance(
                        List.of(cause.id()),
                        cause.rater(),
                        cause.raterKind(),
                        Split.ofRater(cause.rater()),
                        cause.at()));
    }
}
