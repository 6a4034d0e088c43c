package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.serving.generation.GenerationRequest;
import io.thumbwheel.serving.generation.Heard;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.generation.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;
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
