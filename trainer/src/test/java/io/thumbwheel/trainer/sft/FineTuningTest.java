package io.thumbwheel.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Optimizer;
import io.thumbwheel.trainer.model.Sampler;
import io.thumbwheel.trainer.model.Threads;
import io.thumbwheel.trainer.pretraining.Batch;
import io.thumbwheel.trainer.pretraining.Document;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FineTuningTest {
    private static final ModelConfig CONFIG =
            ModelConfig.llama(61, 32, 2, 4, 2, 8, 48, 16, 1e-5, 10_000, true, 1, 2, 0);
    private static NDManager manager;

    private final Document shorter = document(new int[] {1, 3, 9, 4, 20, 2}, 4, 6);
    private final Document longer = document(new int[] {1, 3, 10, 11, 4, 21, 22, 2}, 5, 8);

    @BeforeAll
    static void start() {
        Threads.use(1);
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    @Test
    void onlyAnswersAreTargets() {
        try (Llama model = Llama.random(manager, CONFIG, 1)) {
            Batch batch = new FineTuning(model, settings(1)).padded(List.of(shorter, longer));

            assertThat(batch.inputs())
                    .containsExactly(1, 3, 9, 4, 20, 2, 0, 1, 3, 10, 11, 4, 21, 22);
            assertThat(batch.targets())
                    .containsExactly(
                            -100, -100, -100, 20, 2, -100, -100, //
                            -100, -100, -100, -100, 21, 22, 2);
            assertThat(batch.counted()).isEqualTo(5);
        }
    }

    @Test
    void learnsTheAnswers() throws IOException {
        try (Llama model = Llama.random(manager, CONFIG, 1)) {
            List<Document> examples = List.of(shorter, longer);

            double loss;
            try (Optimizer optimizer = optimizer(model)) {
                loss =
                        new FineTuning(model, settings(60))
                                .run(
                                        manager,
                                        optimizer,
                                        examples,
                                        (_, _) -> {},
                                        Checkpointing.NONE);
            }

            assertThat(loss).isLessThan(0.1);
            var answers =
                    Sampler.sample(
                            model, List.of(List.of(1, 3, 9, 4), List.of(1, 3, 10, 11, 4)), 0, 8, 1);
            assertThat(answers.get(0).tokenIds()).containsExactly(20, 2);
            assertThat(answers.get(1).tokenIds()).containsExactly(21, 22, 2);
        }
    }

    @Test
    void nothingToLearnIsSaid() {
        try (Llama model = Llama.random(manager, CONFIG, 1);
                Optimizer optimizer = optimizer(model)) {
            List<Document> examples = List.of(document(new int[] {1, 3, 9}, 0, 0));

            assertThatThrownBy(() ->
                            new FineTuning(model, settings(1))
                                    .run(
                                            manager,
                                            optimizer,
                                            examples,
                                            (_, _) -> {},
                                            Checkpointing.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("none of 1 examples has an answer");
        }
    }

    private static Optimizer optimizer(Llama model) {
        return new AdamW(model.parameters(), AdamW.Settings.PRETRAINING);
    }

    private static FineTuning.Settings settings(int steps) {
        return new FineTuning.Settings(steps, 2, 1e-2, false, 3);
    }

    private static Document document(int[] ids, int answerBegin, int answerEnd) {
        BitSet answered = new BitSet();
        answered.set(answerBegin, answerEnd);
        return new Document(ids, answered, ids.length);
    }
}
