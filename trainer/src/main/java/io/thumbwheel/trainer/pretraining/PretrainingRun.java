package io.thumbwheel.trainer.pretraining;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.checkpoint.Checkpoints;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Muon;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// One pretraining run: rows in order, Muon, one cosine over the token budget, checkpoints that it
/// resumes from. The budget can be changed while it runs: a number of tokens in the file `budget`
/// of the output folder re-plans from the present learning rate to the floor.
final class PretrainingRun {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String STATE = "pretraining.json";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final double CLIP_NORM = 1;

    private final NDManager manager;
    private final Llama model;
    private final Muon optimizer;
    private final Vocabulary vocabulary;
    private final List<int[]> rows;
    private final List<HeldOut> heldOut;
    private final Settings settings;
    private final Checkpoints checkpoints;
    private final PrintWriter out;
    private State state;
    private double smoothedLoss = Double.NaN;

    /// @param folder output
    /// @param batch rows of a step
    /// @param weightDecay per unit of learning rate
    /// @param dropout probability
    /// @param bfloat16 whether linear layers and attention run in bfloat16
    /// @param checkpointEvery time between checkpoints; held-out text is measured at each
    /// @param stopAfter steps after which to stop, whatever the plan says
    record Settings(
            Path folder,
            int batch,
            double weightDecay,
            double dropout,
            boolean bfloat16,
            Duration checkpointEvery,
            long stopAfter) {}

    /// Where the run is.
    ///
    /// @param step optimizer steps done
    /// @param tokens positions seen
    /// @param row next row; goes round
    /// @param plan learning rate in force
    record State(long step, long tokens, int row, LearningRatePlan plan) {}

    PretrainingRun(
            NDManager manager,
            Llama model,
            Vocabulary vocabulary,
            List<int[]> rows,
            List<HeldOut> heldOut,
            Settings settings,
            State begin,
            PrintWriter out)
            throws IOException {
        this.manager = manager;
        this.model = model;
        this.optimizer = new Muon(model, AdamW.Settings.PRETRAINING.decaying(settings.weightDecay));
        this.vocabulary = vocabulary;
        this.rows = rows;
        this.heldOut = heldOut;
        this.settings = settings;
        this.checkpoints = new Checkpoints(settings.folder);
        this.out = out;
        this.state = begin;
    }

    /// The state of a checkpoint.
    static State stateOf(Path checkpoint) throws IOException {
        return JSON.readValue(Files.readAllBytes(checkpoint.resolve(STATE)), State.class);
    }

    /// Continues with the optimizer state of the checkpoint that the model was loaded from.
    void restore(Path checkpoint) throws IOException {
        optimizer.restore(checkpoint.resolve(OPTIMIZER));
    }

    void run() throws IOException {
        Progress progress = new Progress(state.tokens);
        long lastCheckpoint = System.nanoTime();
        while (state.tokens < state.plan.end() && state.step < settings.stopAfter) {
            double rate = state.plan.at(state.tokens);
            Batch batch = nextBatch();
            float norm;
            float loss;
            // Every step has its own draws, so that a run that was stopped goes on as if it had
            // not.
            Engine.getInstance().setRandomSeed((int) state.step);
            try (Step step = Step.open(manager)) {
                loss =
                        step.backward(() ->
                                model.loss(
                                        batch.inputs(step.manager()),
                                        batch.targets(step.manager()),
                                        settings.bfloat16,
                                        settings.dropout));
                norm = optimizer.step(rate, CLIP_NORM);
            }
            requireFinite(loss);
            smoothedLoss = Double.isNaN(smoothedLoss) ? loss : 0.98 * smoothedLoss + 0.02 * loss;
            state =
                    new State(
                            state.step + 1,
                            state.tokens + (long) batch.rows() * batch.seq(),
                            (state.row + batch.rows()) % rows.size(),
                            state.plan);
            if (state.step % 50 == 0 || state.step == 10) {
                report(progress, rate, norm);
                replanIfAsked();
            }
            if (System.nanoTime() - lastCheckpoint > settings.checkpointEvery.toNanos()) {
                checkpoint();
                progress.rest(state.tokens);
                lastCheckpoint = System.nanoTime();
            }
        }
        checkpoint();
        out.printf("done: %,d steps, %,d tokens%n", state.step, state.tokens);
        out.flush();
    }

    private Batch nextBatch() {
        int end = Math.min(state.row + settings.batch, rows.size());
        return Batch.of(rows.subList(state.row, end), vocabulary.padId());
    }

    private void requireFinite(float loss) {
        if (!Float.isFinite(loss)) {
            throw new IllegalStateException(
                    "the loss is %s at step %d: resume with a lower --learning-rate"
                            .formatted(loss, state.step));
        }
    }

    private void replanIfAsked() throws IOException {
        OptionalLong asked = Budget.read(settings.folder.resolve("budget"));
        if (asked.isPresent() && asked.getAsLong() != state.plan.end()) {
            long end = Math.max(asked.getAsLong(), state.tokens + 1);
            LearningRatePlan plan = state.plan.endingAt(end, state.tokens);
            state = new State(state.step, state.tokens, state.row, plan);
            out.printf("re-planned: ends at %,d tokens%n", end);
            out.flush();
        }
    }

    private void report(Progress progress, double rate, float norm) throws IOException {
        double speed = progress.tokensPerSecond(state.tokens);
        long left = Math.round((state.plan.end() - state.tokens) / speed);
        out.printf(
                "step %,d  tokens %,d of %,d  loss %.3f  rate %.2e  norm %.2f  %,.0f tokens/s  left %s%n",
                state.step,
                state.tokens,
                state.plan.end(),
                smoothedLoss,
                rate,
                norm,
                speed,
                Duration.ofSeconds(left));
        out.flush();
        append(
                "metrics.csv",
                "step,tokens,loss,learning_rate,gradient_norm,tokens_per_second",
                "%d,%d,%.5f,%.4e,%.4f,%.1f"
                        .formatted(state.step, state.tokens, smoothedLoss, rate, norm, speed));
    }

    private void checkpoint() throws IOException {
        checkpoints.write(
                state.tokens,
                folder -> {
                    model.save(folder);
                    vocabulary.copyTo(folder);
                    optimizer.save(folder.resolve(OPTIMIZER));
                    AtomicFile.write(folder.resolve(STATE), JSON.writeValueAsBytes(state));
                });
        StringBuilder line = new StringBuilder();
        for (HeldOut text : heldOut) {
            HeldOut.Loss loss = text.measure(manager, model, settings.bfloat16);
            line.append(
                    "  %s %.4f nats/token %.4f bits/byte"
                            .formatted(text.name(), loss.natsPerToken(), loss.bitsPerByte()));
            append(
                    "heldout.csv",
                    "step,tokens,name,nats_per_token,bits_per_byte",
                    "%d,%d,%s,%.5f,%.5f"
                            .formatted(
                                    state.step,
                                    state.tokens,
                                    text.name(),
                                    loss.natsPerToken(),
                                    loss.bitsPerByte()));
        }
        out.printf("checkpoint at %,d tokens%s%n", state.tokens, line);
        out.flush();
    }

    private void append(String name, String header, String line) throws IOException {
        Path file = settings.folder.resolve(name);
        String text = Files.exists(file) ? line + "\n" : header + "\n" + line + "\n";
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// Speed since the last report.
    private static final class Progress {
        private long tokens;
        private long nanos = System.nanoTime();

        Progress(long tokens) {
            this.tokens = tokens;
        }

        double tokensPerSecond(long now) {
            double seconds = (System.nanoTime() - nanos) / 1e9;
            double speed = (now - tokens) / Math.max(seconds, 1e-9);
            rest(now);
            return speed;
        }

        void rest(long now) {
            tokens = now;
            nanos = System.nanoTime();
        }
    }

    /// A number of tokens in a file.
    static final class Budget {
        private Budget() {}

        static OptionalLong read(Path file) throws IOException {
            if (!Files.isRegularFile(file)) {
                return OptionalLong.empty();
            }
            String text = Files.readString(file).strip().replace("_", "");
            return text.matches("\\d{1,15}")
                    ? OptionalLong.of(Long.parseLong(text))
                    : OptionalLong.empty();
        }
    }
}
