package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.client.Completion;
import io.thumbwheel.standalone.preference.Preference.Answer;
import io.thumbwheel.standalone.preference.Preference.Pick;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// The simulated people at work: they ask, compare two answers, pick one, and now and then give a
/// thumb. Comparison `i` always has the same person, prompt, order and slip.
final class Users {
    private final ApiClient api;
    private final Chance chance;
    private final List<String> raters;
    private final List<String> prompts;
    private final Person person;
    private final Tally tally;
    private final AtomicInteger picks = new AtomicInteger();
    private final Queue<Chosen> chosen = new ConcurrentLinkedQueue<>();

    /// An answer that somebody preferred.
    record Chosen(String rater, String prompt, String text) {}

    Users(
            ApiClient api,
            Chance chance,
            List<String> raters,
            List<String> prompts,
            Person person,
            Tally tally) {
        this.api = api;
        this.chance = chance;
        this.raters = raters;
        this.prompts = prompts;
        this.person = person;
        this.tally = tally;
    }

    /// Which comparisons a round has and how many of them are against r0.
    ///
    /// @param first number of its first comparison over the whole demo
    /// @param count how many
    /// @param serving the release that serves
    /// @param reference r0
    /// @param againstReference share that shows `serving` against r0
    record Round(int first, int count, String serving, String reference, double againstReference) {}

    /// Picks that the platform accepted so far.
    int picks() {
        return picks.get();
    }

    /// What was preferred so far.
    List<Chosen> chosen() {
        return List.copyOf(chosen);
    }

    /// Who has comparison `i`.
    String rater(int i) {
        return raters.get(i % raters.size());
    }

    /// What they ask.
    String prompt(int i) {
        return prompts.get(i % prompts.size());
    }

    /// Makes all comparisons of a round; one that fails is counted by the client and left out.
    void make(Round round, Runnable oneMore) throws InterruptedException {
        Semaphore atOnce = new Semaphore(DemoConfig.AT_ONCE);
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = round.first(); i < round.first() + round.count(); i++) {
                int number = i;
                atOnce.acquire();
                people.submit(() -> {
                    try {
                        compare(number, round);
                        oneMore.run();
                    } catch (ApiException e) {
                        // Counted where it failed; the person goes away.
                    } finally {
                        atOnce.release();
                    }
                    return null;
                });
            }
        }
    }

    private void compare(int i, Round round) throws ApiException, InterruptedException {
        RandomGenerator draws = chance.of("comparison", i);
        boolean duel =
                !round.serving().equals(round.reference())
                        && draws.nextDouble() < round.againstReference();
        boolean swapped = draws.nextBoolean();
        if (duel) {
            duel(i, round, swapped, draws);
        } else {
            pair(i, swapped, draws);
        }
    }

    /// Two answers of whatever serves.
    private void pair(int i, boolean swapped, RandomGenerator draws)
            throws ApiException, InterruptedException {
        Completion both =
                api.chat(
                        new ChatCall(
                                prompt(i),
                                ChatCall.POLICY,
                                2,
                                DemoConfig.MAX_TOKENS,
                                chance.seedOf("pair", i),
                                rater(i),
                                null));
        Answer a = answer(both, 0);
        Answer b = answer(both, 1);
        Pick pick = person.pick(prompt(i), a, b, draws);
        if (person.control() == Control.NONE) {
            return;
        }
        ObjectNode body = feedback("pick", "pick-" + i, rater(i));
        body.put("completion_id", both.id());
        sendPick(body, pick, swapped);
        switch (pick) {
            case A -> chosen.add(new Chosen(rater(i), prompt(i), a.text()));
            case B -> chosen.add(new Chosen(rater(i), prompt(i), b.text()));
            case TIE -> {}
        }
        if (draws.nextDouble() < DemoConfig.WITH_THUMB) {
            thumb("thumb-" + i, both, prompt(i), rater(i), draws);
        }
    }

    /// The serving release against r0, as two requests of one conversation.
    private void duel(int i, Round round, boolean swapped, RandomGenerator draws)
            throws ApiException, InterruptedException {
        String conversation = "demo-%d-%d".formatted(chance.seed(), i);
        Completion ours = pinned(i, round.serving(), conversation);
        Completion old = pinned(i, round.reference(), conversation);
        Pick pick = person.pick(prompt(i), answer(ours, 0), answer(old, 0), draws);
        tally.duel(
                round.serving(),
                switch (pick) {
                    case A -> 1;
                    case B -> 0;
                    case TIE -> 0.5;
                });
        if (person.control() == Control.NONE) {
            return;
        }
        ObjectNode body = feedback("pick", "pick-" + i, rater(i));
        body.putArray("among").add(ours.id() + "#0").add(old.id() + "#0");
        sendPick(body, pick, swapped);
    }

    private Completion pinned(int i, String release, String conversation)
            throws ApiException, InterruptedException {
        return api.chat(
                new ChatCall(
                        prompt(i),
                        release,
                        1,
                        DemoConfig.MAX_TOKENS,
                        chance.seedOf(release, i),
                        rater(i),
                        conversation));
    }

    private void sendPick(ObjectNode body, Pick pick, boolean swapped)
            throws ApiException, InterruptedException {
        switch (pick) {
            case A -> body.put("chosen", 0);
            case B -> body.put("chosen", 1);
            case TIE -> body.put("chosen", "tie");
        }
        body.putArray("shown").add(swapped ? 1 : 0).add(swapped ? 0 : 1);
        api.feedback(body);
        picks.incrementAndGet();
    }

    /// Gives a thumb for the first answer of a completion.
    void thumb(String id, Completion completion, String prompt, String rater, RandomGenerator draws)
            throws ApiException, InterruptedException {
        boolean up = person.likes(prompt, answer(completion, 0), draws);
        tally.thumb(completion.release(), up);
        if (person.control() == Control.NONE) {
            return;
        }
        ObjectNode body = feedback("thumb", id, rater);
        body.put("completion_id", completion.id());
        body.put("choice", 0);
        body.put("value", up ? "up" : "down");
        api.feedback(body);
    }

    private static ObjectNode feedback(String kind, String id, String rater) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("kind", kind).put("id", id).put("consent", true);
        body.putObject("rater").put("id", rater);
        return body;
    }

    private static Answer answer(Completion completion, int choice) {
        Completion.Written written = completion.answers().get(choice);
        return new Answer(written.text(), written.ended());
    }
}
