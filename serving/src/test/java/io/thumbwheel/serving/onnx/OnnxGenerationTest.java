package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.serving.generation.Generation;
import io.thumbwheel.serving.generation.GenerationRequest;
import io.thumbwheel.serving.generation.Heard;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Scheduler and ONNX Runtime together, on tiny releases.
class OnnxGenerationTest {
    private final Scheduler scheduler = new Scheduler(SchedulerConfig.defaults());
    private PolicyHandle primary;
    private PolicyHandle canary;

    @BeforeEach
    void load() throws Exception {
        OnnxConfig config = new OnnxConfig(4, 64, 1);
        primary = new PolicyHandle("r0", OnnxPolicy.load(TinyRelease.FOLDER, config));
        canary = new PolicyHandle("r1", OnnxPolicy.load(TinyRelease.NEXT, config));
    }

    @AfterEach
    void stop() {
        scheduler.close();
        primary.close();
        canary.close();
        assertThat(primary.users()).isZero();
        assertThat(canary.users()).isZero();
    }

    @Test
    void crowdedAnswersAreThoseThatEachGetsAlone() throws Exception {
        List<Heard> alone = new ArrayList<>();
        for (int request = 0; request < 12; request++) {
            Heard heard = submit(request);
            heard.end();
            alone.add(heard);
        }

        List<Heard> crowded = new ArrayList<>();
        for (int request = 0; request < 12; request++) {
            crowded.add(submit(request));
        }

        for (int request = 0; request < 12; request++) {
            crowded.get(request).end();
            assertThat(crowded.get(request).tokens()).isEqualTo(alone.get(request).tokens());
            for (int i = 0; i < alone.get(request).logProbs().size(); i++) {
                assertThat(crowded.get(request).logProbs().get(i))
                        .isCloseTo(alone.get(request).logProbs().get(i), within(1e-4f));
            }
        }
        assertThat(alone.stream().map(Heard::tokens).distinct()).hasSize(12);
    }

    @Test
    void aDeterministicAnswerIsTheSameToTheBitWhateverElseRuns() throws Exception {
        OnnxConfig config = new OnnxConfig(16, 256, 2, Precision.FP32, Device.CPU, 1 << 20);
        PolicyHandle crowded = new PolicyHandle("r0", OnnxPolicy.load(TinyRelease.FOLDER, config));
        List<Integer> prompt = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            prompt.add(105 + i * 11 % 26);
        }
        try {
            Heard alone = submit(crowded, prompt, 100, 7, true);
            alone.end();

            for (int round = 0; round < 4; round++) {
                RandomGenerator chance = new SplittableRandom(round);
                List<Heard> others = new ArrayList<>();
                Heard among = new Heard();
                for (int i = 0; i < 40; i++) { // so that slots are left and taken all the time
                    if (i == 9) {
                        among = submit(crowded, prompt, 100, 7, true);
                    }
                    List<Integer> other = prompt.subList(0, 1 + chance.nextInt(90));
                    Heard heard = new Heard();
                    Generation generation =
                            scheduler.submit(
                                    "two",
                                    crowded,
                                    request(other, 1 + chance.nextInt(100), i, false),
                                    heard);
                    if (chance.nextInt(8) == 0) {
                        generation.cancel();
                    }
                    others.add(heard);
                }

                among.end();
                assertThat(among.tokens()).isEqualTo(alone.tokens());
                assertThat(among.logProbs()).isEqualTo(alone.logProbs());
                for (Heard other : others) {
                    other.end();
                }
            }
            assertThat(crowded.load().prefixHits()).isPositive();
        } finally {
            await().until(() -> crowded.users() == 1);
            crowded.close();
        }
    }

    private Heard submit(
            PolicyHandle policy,
            List<Integer> prompt,
            int maxTokens,
            long seed,
            boolean deterministic)
            throws Exception {
        Heard heard = new Heard();
        scheduler.submit("one", policy, request(prompt, maxTokens, seed, deterministic), heard);
        return heard;
    }

    private static GenerationRequest request(
            List<Integer> prompt, int maxTokens, long seed, boolean deterministic) {
        Sampling sampling = new Sampling(1, 1, 0, 0, maxTokens, List.of(), seed);
        return new GenerationRequest(prompt, sampling, 0, 0, deterministic, null);
    }

    /// Prompts of many lengths, by turns to the two releases.
    private Heard submit(int request) throws Exception {
        List<Integer> prompt = new ArrayList<>(List.of(1, 3));
        for (int i = 0; i < request + 1; i++) {
            prompt.add(105 + (request + i) % 26);
        }
        prompt.add(4);
        Sampling sampling = new Sampling(1, 1, 0, 0, 8 + request, List.of(), request);
        Heard heard = new Heard();
        scheduler.submit(
                "one",
                request % 2 == 0 ? primary : canary,
                new GenerationRequest(prompt, sampling, 0),
                heard);
        return heard;
    }
}
