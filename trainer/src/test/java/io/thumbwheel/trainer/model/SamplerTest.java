package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {
    private static final List<List<Integer>> PROMPTS =
            List.of(
                    List.of(1, 3, 20, 21, 22, 4),
                    List.of(1, 3, 30, 4),
                    List.of(1, 3, 40, 41, 42, 43, 44, 45, 46, 4),
                    List.of(7));

    /// One that PyTorch runs, and one that ONNX Runtime does.
    static List<ModelConfig> ofEitherEngine() {
        return List.of(TinyModel.UNTIED, TinyModel.wide(TinyModel.UNTIED));
    }

    @Test
    void wideHeadsAreRunByOnnxRuntime() {
        try (NDManager manager = TinyModel.manager();
                Llama wide = Llama.random(manager, TinyModel.wide(TinyModel.TIED), 7);
                Llama narrow = Llama.random(manager, TinyModel.TIED, 7);
                CachedPass ofWide = CachedPass.open(wide, 2, 8);
                CachedPass ofNarrow = CachedPass.open(narrow, 2, 8)) {
            assertThat(ofWide).isInstanceOf(BatchPass.class);
            assertThat(ofNarrow).isInstanceOf(TorchPass.class);
        }
    }

    @ParameterizedTest
    @MethodSource({
        "io.thumbwheel.trainer.model.TinyModel#families",
        "io.thumbwheel.trainer.model.TinyModel#wideFamilies"
    })
    void logProbsAreThoseOfTheForwardPass(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = sharp(manager, config)) {
            for (double temperature : new double[] {1, 0.7}) {
                List<Sampler.Sampled> answers = Sampler.sample(model, PROMPTS, temperature, 24, 5);

                double sum = 0;
                int count = 0;
                for (int row = 0; row < PROMPTS.size(); row++) {
                    List<Float> expected =
                            forward(manager, model, row, answers.get(row), temperature);
                    List<Float> sampled = answers.get(row).logProbs();
                    assertThat(sampled).hasSameSizeAs(expected);
                    for (int t = 0; t < sampled.size(); t++) {
                        double difference = Math.abs(sampled.get(t) - expected.get(t));
                        assertThat(difference).isLessThan(1e-3);
                        sum += difference;
                        count++;
                    }
                }
                assertThat(count).isGreaterThan(30);
                assertThat(sum / count).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ofEitherEngine")
    void theSameSeedDrawsTheSameWhateverIsBeside(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = sharp(manager, config)) {
            List<Sampler.Sampled> together = Sampler.sample(model, PROMPTS, 1, 24, 5);

            List<Sampler.Sampled> alone = new ArrayList<>();
            for (int row = 0; row < PROMPTS.size(); row++) {
                alone.addAll(Sampler.sample(model, PROMPTS.subList(row, row + 1), 1, 24, 5, row));
            }
            assertThat(alone)
                    .extracting(Sampler.Sampled::tokenIds)
                    .containsExactlyElementsOf(
                            together.stream().map(Sampler.Sampled::tokenIds).toList());
            assertThat(Sampler.sample(model, PROMPTS, 1, 24, 6)).isNotEqualTo(together);
        }
    }

    /// More prompts than there are places: the end of an answer makes room for another, and neither
    /// draws nor log-probs tell.
    @ParameterizedTest
    @MethodSource("ofEitherEngine")
    void promptsThatWaitTakeThePlacesOfAnswersThatEnded(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = sharp(manager, config)) {
            List<List<Integer>> prompts = new ArrayList<>();
            for (int row = 0; row < 300; row++) {
                prompts.add(PROMPTS.get(row % PROMPTS.size()));
            }

            List<Sampler.Sampled> together = Sampler.sample(model, prompts, 1, 24, 5);

            List<Sampler.Sampled> fewAtOnce = new ArrayList<>();
            for (int row = 0; row < prompts.size(); row += 50) {
                fewAtOnce.addAll(
                        Sampler.sample(model, prompts.subList(row, row + 50), 1, 24, 5, row));
            }
            assertThat(together)
                    .extracting(Sampler.Sampled::tokenIds)
                    .isEqualTo(fewAtOnce.stream().map(Sampler.Sampled::tokenIds).toList());
            assertThat(together)
                    .extracting(Sampler.Sampled::ended)
                    .isEqualTo(fewAtOnce.stream().map(Sampler.Sampled::ended).toList());
            for (int row = 0; row < together.size(); row++) {
                List<Float> here = together.get(row).logProbs();
                for (int t = 0; t < here.size(); t++) {
                    assertThat(here.get(t))
                            .isCloseTo(fewAtOnce.get(row).logProbs().get(t), within(1e-4f));
                }
            }
            long ended = together.stream().filter(Sampler.Sampled::ended).count();
            assertThat(ended).isBetween(10L, 290L); // at different times
        }
    }

    @ParameterizedTest
    @MethodSource("ofEitherEngine")
    void drawsInProportion(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = sharp(manager, config);
                Step step = Step.open(manager)) {
            int draws = 4000;
            List<List<Integer>> prompts =
                    java.util.Collections.nCopies(draws, List.of(1, 3, 30, 4));

            List<Sampler.Sampled> answers = Sampler.sample(model, prompts, 1, 1, 9);

            NDArray tokens = step.manager().create(new long[][] {{1, 3, 30, 4}});
            float[] expected = model.logits(tokens).get("0, 3").softmax(-1).toFloatArray();
            int[] counts = new int[expected.length];
            answers.forEach(answer -> counts[answer.tokenIds().getFirst()]++);
            for (int id = 0; id < expected.length; id++) {
                // Four standard deviations of a share.
                double bound = 4 * Math.sqrt(expected[id] * (1 - expected[id]) / draws) + 1e-3;
                assertThat((double) counts[id] / draws).isCloseTo(expected[id], within(bound));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ofEitherEngine")
    void temperatureZeroTakesTheMostProbable(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = sharp(manager, config);
                Step step = Step.open(manager)) {
            Sampler.Sampled answer = Sampler.sample(model, PROMPTS, 0, 5, 1).get(1);

            List<Integer> ids = new ArrayList<>(PROMPTS.get(1));
            for (int id : answer.tokenIds()) {
                long[] context = ids.stream().mapToLong(Integer::longValue).toArray();
                NDArray tokens = step.manager().create(context).expandDims(0);
                assertThat(id)
                        .isEqualTo((int) model.logits(tokens).get("0, -1").argMax().getLong());
                ids.add(id);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ofEitherEngine")
    void anAnswerEndsWithEosOrAtTheLimit(ModelConfig config) {
        try (NDManager manager = TinyModel.manager();
                Llama model = Llama.random(manager, config, 7)) {
            List<List<Integer>> prompts = java.util.Collections.nCopies(64, List.of(1, 3, 30, 4));

            List<Sampler.Sampled> answers = Sampler.sample(model, prompts, 1, 60, 3);

            assertThat(answers).anyMatch(Sampler.Sampled::ended);
            for (Sampler.Sampled answer : answers) {
                assertThat(answer.tokenIds().indexOf(2))
                        .isEqualTo(answer.ended() ? answer.tokenIds().size() - 1 : -1);
                // The context of 40 positions leaves 36 for an answer.
                assertThat(answer.ended() || answer.tokenIds().size() == 36).isTrue();
            }
        }
    }

    /// A model whose distributions are far from uniform. The last tensor is the head, or the gain
    /// of the final norm where the head is tied.
    private static Llama sharp(NDManager manager, ModelConfig config) {
        Llama model = Llama.random(manager, config, 7);
        model.parameters().getLast().muli(4);
        return model;
    }

    private static List<Float> forward(
            NDManager manager, Llama model, int row, Sampler.Sampled answer, double temperature) {
        List<Integer> ids = new ArrayList<>(PROMPTS.get(row));
        ids.addAll(answer.tokenIds());
        try (Step step = Step.open(manager)) {
            long[] all = ids.stream().mapToLong(Integer::longValue).toArray();
            NDArray tokens = step.manager().create(all).expandDims(0);
            float[] logProbs = model.logProbs(tokens, temperature).toFloatArray();
            List<Float> response = new ArrayList<>();
            for (int t = PROMPTS.get(row).size() - 1; t < logProbs.length; t++) {
                response.add(logProbs[t]);
            }
            return response;
        }
    }
}
