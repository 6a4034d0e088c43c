package io.thumbwheel.trainer.sft;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.checkpoint.TrainedPolicy;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Optimizer;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.pretraining.Batch;
import io.thumbwheel.trainer.pretraining.Document;
import io.thumbwheel.trainer.pretraining.LearningRatePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Cross-entropy on what the assistant says, and on nothing else. Every example is a row of its
/// own, as at inference; rows of like length share a batch.
///
/// Ouyang et al. 2022, arXiv:2203.02155 §3.5 (SFT).
public final class FineTuning {
    private static final double CLIP_NORM = 1;

    /// Batches among which rows are sorted by length.
    private static final int SORTED_TOGETHER = 16;

    private final Llama model;
    private final Settings settings;

    /// @param steps optimizer steps; goes round the examples as often as that takes
    /// @param batch examples of a step
    /// @param learningRate peak: a twentieth of the steps to rise, then half a cosine to a tenth
    /// @param bfloat16 whether linear layers run in bfloat16
    /// @param seed of the order
    public record Settings(int steps, int batch, double learningRate, boolean bfloat16, long seed) {
        public Settings {
            if (steps < 1 || batch < 1 || !(learningRate > 0)) {
                throw new IllegalArgumentException(
                        "steps, batch and learning rate must be above 0, got %d, %d, %s"
                                .formatted(steps, batch, learningRate));
            }
        }
    }

    /// Hears of every step.
    public interface Listener {
        /// @param metrics by TRL's names: loss, learning_rate, grad_norm
        void step(int step, Map<String, Double> metrics);
    }

    /// Where it is, besides weights and optimizer.
    ///
    /// @param steps done
    /// @param lastLosses sum of those that are reported at the end
    private record State(int steps, double lastLosses) {}

    public FineTuning(Llama model, Settings settings) {
        this.model = model;
        this.settings = settings;
    }

    /// Trains the model in place.
    ///
    /// @param optimizer of the model
    /// @param examples with their answers marked; longer than the context is cut
    /// @return mean loss of the last tenth of the steps, nats per answered token
    public double run(
            NDManager manager,
            Optimizer optimizer,
            List<Document> examples,
            Listener listener,
            Checkpointing checkpointing)
            throws IOException {
        if (examples.stream().allMatch(example -> example.answered().isEmpty())) {
            throw new IllegalArgumentException(
                    "none of %d examples has an answer to learn".formatted(examples.size()));
        }
        int steps = settings.steps;
        var plan =
                new LearningRatePlan(
                        0, steps / 20, steps, settings.learningRate, settings.learningRate / 10);
        List<List<Document>> batches = order(examples);
        int last = Math.max(1, steps / 10);
        TrainedPolicy trained = new TrainedPolicy(model, optimizer);
        Optional<Path> saved = checkpointing.begin();
        State state =
                saved.isPresent()
                        ? trained.restore(manager, saved.get(), State.class)
                        : new State(0, 0);
        while (state.steps < steps) {
            int i = state.steps;
            Batch batch = padded(batches.get(i));
            float loss;
            double rate = plan.at(i);
            float norm;
            try (Step step = Step.open(manager)) {
                loss =
                        step.backward(() ->
                                model.loss(
                                        batch.inputs(step.manager()),
                                        batch.targets(step.manager()),
                                        settings.bfloat16));
                norm = optimizer.step(rate, CLIP_NORM);
            }
            State now = new State(i + 1, state.lastLosses + (i >= steps - last ? loss : 0));
            listener.step(
                    i + 1,
                    Map.of(
                            "loss",
                            (double) loss,
                            "learning_rate",
                            rate,
                            "grad_norm",
                            (double) norm));
            checkpointing.updated(now.steps, folder -> trained.save(folder, now));
            state = now;
        }
        return state.lastLosses / last;
    }

    /// Examples in random order, but like lengths together; batches in random order.
    private List<List<Document>> order(List<Document> examples) {
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed);
        List<Document> usable =
                new ArrayList<>(
                        examples.stream()
                                .filter(example -> !example.answered().isEmpty())
                                .toList());
        List<List<Document>> batches = new ArrayList<>();
        int together = settings.batch * SORTED_TOGETHER;
        while (batches.size() < settings.steps) {
            Collections.shuffle(usable, Random.from(random));
            for (int begin = 0; begin < usable.size(); begin += together) {
                int end = Math.min(begin + together, usable.size());
                List<Document> group = new ArrayList<>(usable.subList(begin, end));
                group.sort(Comparator.comparingInt(example -> example.ids().length));
                List<List<Document>> cut = new ArrayList<>();
                for (int i = 0; i < group.size(); i += settings.batch) {
                    cut.add(group.subList(i, Math.min(i + settings.batch, group.size())));
                }
                Collections.shuffle(cut, Random.from(random));
                batches.addAll(cut);
            }
        }
        return batches;
    }

    /// Rows padded on the right; what the assistant does not say is no target.
    Batch padded(List<Document> examples) {
        int longest =
                examples.stream().mapToInt(example -> example.ids().length).max().orElseThrow();
        int seq = Math.min(longest - 1, model.config().context());
        long[] inputs = new long[examples.size() * seq];
        long[] targets = new long[examples.size() * seq];
        int counted = 0;
        for (int row = 0; row < examples.size(); row++) {
            int[] ids = examples.get(row).ids();
            BitSet answered = examples.get(row).answered();
            for (int t = 0; t < seq; t++) {
                inputs[row * seq + t] = t < ids.length ? ids[t] : model.config().padId();
                boolean learnt = t + 1 < ids.length && answered.get(t + 1);
                targets[row * seq + t] = learnt ? ids[t + 1] : Batch.IGNORED;
                counted += learnt ? 1 : 0;
            }
        }
        return new Batch(examples.size(), seq, inputs, targets, counted);
    }
}
