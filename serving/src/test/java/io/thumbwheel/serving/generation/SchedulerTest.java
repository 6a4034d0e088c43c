package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SchedulerTest extends SchedulerRunning {
    private static final SchedulerConfig SMALL =
            new SchedulerConfig(2, Duration.ofSeconds(10), Duration.ofMillis(50));

    @Test
    void anAnswerEndsWithTheEndTokenItself() throws Exception {
        PolicyHandle policy = handle(ScriptedPolicy.counting(4));

        Heard heard = submit(policy, greedy(50), 5);

        assertThat(heard.end()).isEqualTo(FinishReason.STOP);
        assertThat(heard.tokens()).containsExactly(6, 7, 8, 9, 0);
        assertThat(heard.logProbs()).hasSize(5).allMatch(logProb -> logProb > -1e-6);
    }

    @Test
    void tokenLimitAndContextEndAnAnswer() throws Exception {
        PolicyHandle policy = handle(ScriptedPolicy.uniform(4));

        Heard limited = submit(policy, greedy(3), 5);
        Heard full = submit(policy, greedy(1_000), 5, 5, 5, 5);

        assertThat(limited.end()).isEqualTo(FinishReason.LENGTH);
        assertThat(limited.tokens()).hasSize(3);
        assertThat(full.end()).isEqualTo(FinishReason.LENGTH);
        assertThat(full.tokens()).hasSize(60);
    }

    @Test
    void theListenerEndsAnAnswerByAStopText() throws Exception {
        PolicyHandle policy = handle(ScriptedPolicy.counting(4));
        Heard heard = new Heard(id -> id != 7);

        scheduler.submit("one", policy, new GenerationRequest(List.of(5), greedy(50), 0), heard);

        assertThat(heard.end()).isEqualTo(FinishReason.STOP);
        assertThat(heard.tokens()).containsExactly(6, 7);
    }

    @Test
    void whatCannotBeAnsweredIsRefusedAtOnce() {
        PolicyHandle policy = handle(ScriptedPolicy.counting(4));

        assertThatThrownBy(() -> submit(policy, greedy(5), new int[64]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 tokens");
        assertThatThrownBy(() -> submit(policy, greedy(5), 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vocabulary of 100");
        policy.close();
        assertThatThrownBy(() -> submit(policy, greedy(5), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("r0-00000000 is closed");
    }

    @Test
    void aFullQueueRefuses() throws Exception {
        scheduler.close();
        scheduler = new Scheduler(SMALL);
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);

        Heard running = submit(policy, greedy(2), 1);
        await().until(() -> scheduler.waiting() == 0);
        Heard first = submit(policy, greedy(2), 1);
        Heard second = submit(policy, greedy(2), 1);

        assertThat(scheduler.waiting()).isEqualTo(2);
        assertThatThrownBy(() -> submit(policy, greedy(2), 1))
                .isInstanceOf(QueueFullException.class)
                .hasMessageContaining("2 requests wait for 2 places (serving.queue.waiting)");
        scripted.letGo();
        assertThat(List.of(running.end(), first.end(), second.end()))
                .containsOnly(FinishReason.LENGTH);
        await().untilAsserted(() -> assertThat(policy.users()).isEqualTo(1));
    }

    @Test
    void callersTakeTurns() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        Generation first =
                scheduler.submit(
                        "a", policy, new GenerationRequest(List.of(1), greedy(60), 0), new Heard());
        await().until(() -> scheduler.waiting() == 0);

        List<String> order = new CopyOnWriteArrayList<>();
        List<Heard> all = new ArrayList<>();
        for (String name : List.of("a1", "a2", "a3", "b1", "c1", "b2")) {
            Heard heard =
                    new Heard(_ -> {
                        order.add(name);
                        return true;
                    });
            all.add(heard);
            scheduler.submit(
                    name.substring(0, 1),
                    policy,
                    new GenerationRequest(List.of(1), greedy(1), 0),
                    heard);
        }
        first.cancel();
        scripted.letGo();
        for (Heard heard : all) {
            heard.end();
        }

        assertThat(order).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
    }

    @Test
    void whoWaitsTooLongFails() throws Exception {
        scheduler.close();
        scheduler =
                new Scheduler(new SchedulerConfig(5, Duration.ofMillis(20), Duration.ofMillis(50)));
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        submit(policy, greedy(50), 1);
        await().until(() -> scheduler.waiting() == 0);

        Heard late = submit(policy, greedy(2), 1);
        await().pollDelay(Duration.ofMillis(50)).until(() -> true);
        scripted.letGo();

        assertThatThrownBy(late::end).hasCauseInstanceOf(QueueTimeoutException.class);
    }

    @Test
    void cancellingFreesTheSlotWithinOneStep() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        Heard endless = new Heard();
        Generation generation =
                scheduler.submit(
                        "one", policy, new GenerationRequest(List.of(1), greedy(60), 0), endless);
        await().until(() -> endless.tokens().size() == 1);
        Heard next = submit(policy, greedy(1), 1);

        generation.cancel();
        scripted.step(); // the one under way
        scripted.step();

        assertThat(endless.end()).isEqualTo(FinishReason.CANCELLED);
        assertThat(endless.tokens()).hasSizeLessThanOrEqualTo(2);
        assertThat(next.end()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aCancelledRequestLeavesTheQueue() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        submit(policy, greedy(60), 1);
        await().until(() -> scheduler.waiting() == 0);
        Heard waiting = new Heard();
        scheduler
                .submit("one", policy, new GenerationRequest(List.of(1), greedy(1), 0), waiting)
                .cancel();

        scripted.step();

        assertThat(waiting.end()).isEqualTo(FinishReason.CANCELLED);
        assertThat(waiting.tokens()).isEmpty();
        scripted.letGo();
    }

    @Test
    void anAnswerDoesNotDependOnWhatElseIsInTheBatch() throws Exception {
        PolicyHandle policy = handle(ScriptedPolicy.uniform(8));
        Heard alone = submit(policy, drawn(7, 20), 1, 2);
        alone.end();

        List<Heard> all = new ArrayList<>();
        for (int seed = 0; seed < 20; seed++) {
            all.add(submit(policy, drawn(seed, 10 + seed), 3));
        }
        Heard among = submit(policy, drawn(7, 20), 1, 2);

        among.end();
        assertThat(among.tokens()).isEqualTo(alone.tokens());
        assertThat(among.logProbs()).isEqualTo(alone.logProbs());
        for (int seed = 0; seed < 20; seed++) {
            all.get(seed).end();
            assertThat(all.get(seed).tokens()).hasSize(10 + seed);
        }
        assertThat(((ScriptedPolicy) policy.policy()).mostTogether()).isEqualTo(8);
    }

    @Test
    void choicesDrawFromStreamsOfTheirOwn() throws Exception {
        PolicyHandle policy = handle(ScriptedPolicy.uniform(8));
        List<List<Integer>> answers = new ArrayList<>();
        for (int choice = 0; choice < 4; choice++) {
            Heard heard = new Heard();
            scheduler.submit(
                    "one", policy, new GenerationRequest(List.of(1), drawn(7, 20), choice), heard);
            heard.end();
            answers.add(heard.tokens());
        }

        assertThat(answers).doesNotHaveDuplicates();
    }

    @Test
    void aFailingPolicyFailsItsRequestsOnly() throws Exception {
        ScriptedPolicy broken = ScriptedPolicy.counting(2);
        broken.failing(true);
        PolicyHandle bad = handle(broken);
        PolicyHandle good = handle(ScriptedPolicy.counting(2));

        Heard failed = submit(bad, greedy(50), 5);
        Heard answered = submit(good, greedy(50), 5);

        assertThatThrownBy(failed::end)
                .hasCauseInstanceOf(PolicyFailedException.class)
                .hasMessageContaining("scripted failure");
        assertThat(answered.end()).isEqualTo(FinishReason.STOP);
        broken.failing(false);
        assertThat(submit(bad, greedy(50), 5).end()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void logitsThatAreNotFiniteFailOnlyTheirRequest() throws Exception {
        PolicyHandle policy =
                handle(
                        new ScriptedPolicy(
                                4,
                                64,
                                4,
                                sofar ->
                                        new float[] {
                                            0, 5, sofar.getFirst() == 2 ? Float.NaN : 1, 1
                                        }));

        Heard broken = submit(policy, greedy(5), 2);
        Heard sound = submit(policy, greedy(5), 1);

        assertThatThrownBy(broken::end).hasMessageContaining("not finite");
        assertThat(sound.end()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aListenerThatThrowsEndsItsOwnAnswerOnly() throws Exception {
        PolicyHandle policy = handle(ScriptedPolicy.counting(4));
        Heard thrower =
                new Heard(_ -> {
                    throw new IllegalStateException("scripted");
                });

        scheduler.submit("one", policy, new GenerationRequest(List.of(5), greedy(9), 0), thrower);

        assertThatThrownBy(thrower::end).hasMessageContaining("scripted");
        assertThat(submit(policy, greedy(50), 5).end()).isEqualTo(FinishReason.STOP);
    }
}
