package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {
    private static final int VOCAB = 50;

    private final Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());

    @AfterEach
    void stop() {
        scheduler.close();
    }

    /// Its next token depends on every token before: whatever is restored wrongly changes answers.
    private static ScriptedPolicy hashing(int blocks) {
        return new ScriptedPolicy(VOCAB, 400, 4, PrefixCacheTest::logits).blocks(blocks);
    }

    private static float[] logits(List<Integer> sofar) {
        float[] logits = new float[VOCAB];
        logits[next(sofar)] = 20;
        return logits;
    }

    private static int next(List<Integer> sofar) {
        return 1 + Math.floorMod(sofar.hashCode(), VOCAB - 1);
    }

    private static List<Integer> expected(List<Integer> prompt, int answer) {
        List<Integer> all = new ArrayList<>(prompt);
        for (int i = 0; i < answer; i++) {
            all.add(next(all));
        }
        return all.subList(prompt.size(), all.size());
    }

    private static List<Integer> numbers(int first, int count) {
        return IntStream.range(first, first + count).mapToObj(i -> 1 + i % (VOCAB - 1)).toList();
    }

    private Told ask(PolicyHandle policy, List<Integer> prompt, int answer, boolean deterministic)
            throws Exception {
        Told told = new Told();
        Sampling greedy = new Sampling(0, 1, 0, 0, answer, List.of(), 0);
        scheduler.submit(
                "one",
                policy,
                new GenerationRequest(prompt, greedy, 0, 0, deterministic, null),
                told);
        return told;
    }

    /// Remembers how many tokens of its prompt were copied.
    private static final class Told extends Heard {
        private volatile int cached = -1;
        private GenerationTimes times = new GenerationTimes(0);

        @Override
        public void scheduled(GenerationTimes now) {
            times = now;
        }

        @Override
        public boolean token(int id, float logProb, TopTokens top) {
            cached = times.cachedTokens();
            return super.token(id, logProb, top);
        }

        int cached() throws Exception {
            end();
            return cached;
        }
    }

    @Test
    void aConversationGoesOnFromItsHistory() throws Exception {
        PolicyHandle policy = new PolicyHandle("r0", hashing(64));
        List<Integer> history = new ArrayList<>(numbers(0, 40));

        Told first = ask(policy, history, 20, false);
        assertThat(first.cached()).isZero();
        history.addAll(first.tokens());
        history.addAll(numbers(7, 10));
        Told second = ask(policy, history, 20, false);

        // Of 40 + 20 tokens the last is in no cache, which leaves 3 whole blocks of 59.
        assertThat(second.cached()).isEqualTo(48);
        assertThat(second.tokens()).isEqualTo(expected(history, 20));
        assertThat(policy.load().prefixQueries()).isEqualTo(40 + 70);
        assertThat(policy.load().prefixHits()).isEqualTo(48);
        assertThat(policy.load().promptTokens()).isEqualTo(40 + 22);
    }

    @Test
    void theLastTokenIsAlwaysComputed() throws Exception {
        PolicyHandle policy = new PolicyHandle("r0", hashing(64));
        List<Integer> prompt = numbers(0, 48);

        ask(policy, prompt, 5, false).end();
        Told again = ask(policy, prompt, 5, false);

        assertThat(again.cached()).isEqualTo(32);
        assertThat(again.tokens()).isEqualTo(expected(prompt, 5));
    }

    @Test
    void savingLessThanTwoBlocksDoesNotPay() throws Exception {
        ScriptedPolicy scripted = hashing(64);
        PolicyHandle policy = new PolicyHandle("r0", scripted);

        ask(policy, numbers(0, 30), 2, false).end();
        Told again = ask(policy, numbers(0, 30), 2, false);

        assertThat(again.cached()).isZero();
        assertThat(scripted.chunks()).isEmpty();
    }

    @Test
    void answersToOnePromptAreComputedOnce() throws Exception {
        ScriptedPolicy scripted = hashing(64);
        scripted.hold();
        PolicyHandle policy = new PolicyHandle("r0", scripted);
        ask(policy, List.of(1), 50, false);
        List<Integer> prompt = numbers(0, 60);
        List<Told> drafts = new ArrayList<>();
        for (int draft = 0; draft < 3; draft++) {
            drafts.add(ask(policy, prompt, 8, false));
        }
        scripted.letGo();

        assertThat(drafts.get(0).cached() + drafts.get(1).cached() + drafts.get(2).cached())
                .isEqualTo(2 * 48);
        for (Told draft : drafts) {
            assertThat(draft.tokens()).isEqualTo(expected(prompt, 8));
        }
    }

    @Test
    void aDeterministicAnswerComputesAllOfItsPrompt() throws Exception {
        ScriptedPolicy scripted = hashing(64);
        PolicyHandle policy = new PolicyHandle("r0", scripted);
        List<Integer> prompt = numbers(0, 150);
        ask(policy, prompt, 2, false).end();
        scripted.chunks().clear();

        Told same = ask(policy, prompt, 3, true);

        assertThat(same.cached()).isZero();
        assertThat(same.tokens()).isEqualTo(expected(prompt, 3));
        assertThat(scripted.chunks()).containsExactly(64, 64, 22, 1, 1);
    }

    @Test
    void withoutMemoryNothingIsKept() throws Exception {
        PolicyHandle policy = new PolicyHandle("r0", hashing(0));

        ask(policy, numbers(0, 100), 2, false).end();
        Told again = ask(policy, numbers(0, 100), 2, false);

        assertThat(again.cached()).isZero();
        assertThat(policy.load().prefixQueries()).isZero();
    }

    @Test
    void withTooLittleMemoryAnswersStayRight() throws Exception {
        for (int blocks : new int[] {1, 2, 5, 12}) {
            PolicyHandle policy = new PolicyHandle("r0", hashing(blocks));
            java.util.Random chance = new java.util.Random(blocks);
            List<Told> answers = new ArrayList<>();
            List<List<Integer>> prompts = new ArrayList<>();
            for (int request = 0; request < 120; request++) {
                List<Integer> prompt = new ArrayList<>(numbers(0, 16 * chance.nextInt(6)));
                prompt.addAll(numbers(chance.nextInt(3), 1 + chance.nextInt(90)));
                prompts.add(prompt);
                answers.add(ask(policy, prompt, 1 + request % 40, request % 7 == 0));
                if (chance.nextInt(4) == 0) {
                    answers.getLast().end();
                }
            }
            for (int request = 0; request < 120; request++) {
                answers.get(request).end();
                assertThat(answers.get(request).tokens())
                        .as("request %d with %d blocks", request, blocks)
                        .isEqualTo(expected(prompts.get(request), 1 + request % 40));
            }
        }
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() throws Exception {
        PolicyHandle policy = new PolicyHandle("r0", hashing(6));
        ask(policy, numbers(0, 49), 1, false).end(); // three blocks
        ask(policy, numbers(1, 49), 1, false).end(); // three others
        ask(policy, numbers(0, 49), 1, false).end(); // used again

        ask(policy, numbers(2, 33), 1, false).end(); // takes two of the second's

        assertThat(ask(policy, numbers(0, 49), 1, false).cached()).isEqualTo(48);
        assertThat(ask(policy, numbers(1, 49), 1, false).cached()).isZero();
    }
}
