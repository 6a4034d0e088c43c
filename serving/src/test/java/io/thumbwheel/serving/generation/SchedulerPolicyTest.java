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

/// What a policy sees of the scheduler: how busy it is, in what order it is used, when it is let
/// go.
class SchedulerPolicyTest extends SchedulerRunning {
    @Test
    void aRetiredPolicyIsClosedWhenItsLastAnswerEnds() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.counting(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        Heard heard = submit(policy, greedy(50), 5);
        await().until(() -> !heard.tokens().isEmpty());

        policy.close();
        policy.close();
        assertThat(scripted.closed()).isFalse();
        scripted.letGo();

        assertThat(heard.end()).isEqualTo(FinishReason.STOP);
        assertThat(heard.tokens()).containsExactly(6, 7, 8, 9, 0);
        await().until(scripted::closed);
    }

    @Test
    void stoppingFailsWhatRunsAndWhatWaits() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        Heard running = submit(policy, greedy(60), 1);
        await().until(() -> scheduler.waiting() == 0);
        Heard waiting = submit(policy, greedy(60), 1);

        Thread stopper = Thread.ofVirtual().start(scheduler::close);
        await().until(() -> refuses(policy));
        scripted.step();
        stopper.join();

        assertThatThrownBy(running::end).hasMessageContaining("serving stops");
        assertThatThrownBy(waiting::end).hasMessageContaining("serving stops");
        assertThat(policy.users()).isEqualTo(1);
    }

    @Test
    void theTimesOfAnAnswerFollowItsSteps() throws Exception {
        List<Long> gaps = new CopyOnWriteArrayList<>();
        List<GenerationTimes> told = new CopyOnWriteArrayList<>();
        Heard heard =
                new Heard(
                        _ -> {
                            gaps.add(told.getFirst().interToken());
                            return true;
                        }) {
                    @Override
                    public void scheduled(GenerationTimes times) {
                        told.add(times);
                    }
                };
        PolicyHandle policy = handle(ScriptedPolicy.counting(4));
        long before = System.nanoTime();

        scheduler.submit("one", policy, new GenerationRequest(List.of(5), greedy(50), 0), heard);
        heard.end();

        GenerationTimes times = told.getFirst();
        assertThat(told).hasSize(1);
        assertThat(times.tokens()).isEqualTo(5);
        assertThat(gaps).hasSize(5).first().isEqualTo(0L);
        assertThat(gaps.stream().mapToLong(gap -> gap).sum())
                .isEqualTo(times.lastToken() - times.firstToken());
        assertThat(
                        List.of(
                                before,
                                times.queued(),
                                times.scheduled(),
                                times.firstToken(),
                                times.lastToken(),
                                System.nanoTime()))
                .isSorted();
    }

    @Test
    void aPolicyTellsHowBusyItIs() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle policy = handle(scripted);
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(submit(policy, greedy(3), 1, 2, 3));
        }

        await().until(() -> policy.load().running() == 1);
        assertThat(policy.load().waiting()).isEqualTo(4);
        assertThat(policy.load().tokensHeld()).isEqualTo(3);
        scripted.letGo();
        for (Heard heard : all) {
            heard.end();
        }

        await().until(() -> policy.load().running() == 0);
        assertThat(policy.load().waiting()).isZero();
        assertThat(policy.load().tokensHeld()).isZero();
        assertThat(policy.load().promptTokens()).isEqualTo(15);
        assertThat(policy.load().generatedTokens()).isEqualTo(15);
    }

    @Test
    void aLongPromptAlternatesWithTheAnswersInTheMaking() throws Exception {
        scheduler.close();
        scheduler =
                new Scheduler(
                        new SchedulerConfig(20, Duration.ofSeconds(10), Duration.ofMillis(4)));
        List<String> passes = new CopyOnWriteArrayList<>();
        Policy slow = new SlowReader(passes);
        PolicyHandle policy = handle(slow);
        Heard answer = submit(policy, greedy(7_000), 5);
        await().until(() -> answer.tokens().size() > 1);

        Heard read = submit(policy, greedy(1), new int[4_000]);
        Heard brief = submit(policy, greedy(1), 5, 5, 5);
        brief.end();
        assertThat(read.ended()).isFalse();
        read.end();

        List<String> soFar = List.copyOf(passes); // the answer goes on
        List<String> during = soFar.subList(soFar.indexOf("chunk"), soFar.lastIndexOf("chunk") + 1);
        assertThat(during.stream().filter("decode"::equals)).hasSizeGreaterThan(10);
        assertThat(answer.ended()).isFalse();
    }

    @Test
    void cuttingAPolicyEndsItsAnswersAndNoOthers() throws Exception {
        ScriptedPolicy scripted = ScriptedPolicy.uniform(1);
        scripted.hold();
        PolicyHandle cut = handle(scripted);
        PolicyHandle other = handle(new SlowReader(new CopyOnWriteArrayList<>()));
        Heard running = submit(cut, greedy(60), 1);
        await().until(() -> cut.load().running() == 1);
        Heard waiting = submit(cut, greedy(60), 1);
        Heard untouched = submit(other, greedy(20), 1);

        cut.close();
        cut.cut();
        scripted.letGo();

        assertThat(running.end()).isEqualTo(FinishReason.CANCELLED);
        assertThat(waiting.end()).isEqualTo(FinishReason.CANCELLED);
        await().until(() -> cut.users() == 0);
        assertThat(untouched.end()).isEqualTo(FinishReason.LENGTH);
    }

    private boolean refuses(PolicyHandle policy) throws QueueFullException {
        try {
            submit(policy, greedy(1), 1);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
