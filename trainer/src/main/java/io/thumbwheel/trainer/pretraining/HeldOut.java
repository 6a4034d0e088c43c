package io.thumbwheel.trainer.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Text that the policy is measured on and never trained on.
public final class HeldOut {
    private static final int ROWS = 16;

    private final String name;
    private final List<int[]> rows;
    private final long bytes;
    private final int padId;

    /// @param natsPerToken mean cross-entropy of an id, special tokens included
    /// @param bitsPerByte the same total over the UTF-8 bytes of the text: comparable between
    ///   tokenizers
    public record Loss(double natsPerToken, double bitsPerByte) {}

    private HeldOut(String name, List<int[]> rows, long bytes, int padId) {
        this.name = name;
        this.rows = rows;
        this.bytes = bytes;
        this.padId = padId;
    }

    /// Reads documents as they are packed in training.
    public static HeldOut read(String name, Path file, Vocabulary vocabulary, int context)
            throws IOException {
        PackedRows packed = new PackedRows(context + 1, vocabulary.padId());
        long[] bytes = {0};
        new Documents(vocabulary, false)
                .forEach(
                        file,
                        document -> {
                            packed.add(document.ids());
                            bytes[0] += document.bytes();
                        });
        return new HeldOut(name, packed.rows(), bytes[0], vocabulary.padId());
    }

    String name() {
        return name;
    }

    /// The loss over all of it.
    public Loss measure(NDManager manager, Llama model, boolean bfloat16) {
        double nats = 0;
        long tokens = 0;
        for (int begin = 0; begin < rows.size(); begin += ROWS) {
            Batch batch = Batch.of(rows.subList(begin, Math.min(begin + ROWS, rows.size())), padId);
            try (Step step = Step.open(manager)) {
                NDArray loss =
                        model.loss(
                                batch.inputs(step.manager()),
                                batch.targets(step.manager()),
                                bfloat16);
                nats += (double) loss.getFloat() * batch.counted();
                tokens += batch.counted();
            }
        }
        return new Loss(nats / tokens, nats / Math.log(2) / bytes);
    }
}
