package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.ShardWriter;
import io.thumbwheel.trainer.release.Parity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a checkpoint a release: files, graph, parity, self-test, manifest, all in a side folder
/// that appears in the store at the end.
public final class ReleaseMaker {
    /// What a checkpoint trained here lacks: it comes from the release that it started from.
    public static final List<String> TEXT_FILES =
            List.of(
                    "generation_config.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "chat_template.jinja",
                    "special_tokens_map.json");

    private final ReleaseStore store;
    private final GraphExport export;

    public ReleaseMaker(ReleaseStore store, GraphExport export) {
        this.store = store;
        this.export = export;
    }

    /// Publishes a release, unless the graph disagrees with the trainer.
    ///
    /// @param model Hugging Face folder with config.json and weights
    /// @param text folder with tokenizer, template and generation settings
    /// @param prompts token ids to measure the graph on [prompts][prompt]
    public Result make(Path model, Path text, List<List<Integer>> prompts, Origin origin)
            throws IOException {
        Path draft = store.draft();
        try {
            copy(List.of(ModelConfig.FILE, Safetensors.FILE), model, draft);
            if (!Files.exists(draft.resolve(Safetensors.FILE))) {
                try (Safetensors shards = Safetensors.openFolder(model)) {
                    new ShardWriter(shards, Optional.empty()).write(draft, Long.MAX_VALUE);
                }
            }
            copy(TEXT_FILES, text, draft);
            GraphExport.Exported exported = export.export(model, draft, prompts);
            ReleaseManifest.Parity parity = exported.parity();
            if (!Parity.withinBound(parity)) {
                DurableFiles.deleteFolder(draft);
                return new Result.Refused(
                        "the ONNX graph differs from the trainer's forward pass by %.2e in a logit and %.2e nats in a log-prob; at most %.0e is allowed"
                                .formatted(parity.maxLogit(), parity.maxLogProb(), Parity.BOUND));
            }
            return new Result.Published(
                    store.publish(
                            draft,
                            new ReleaseStore.Explanation(
                                    origin.parent(),
                                    origin.lineage(),
                                    origin.scores(),
                                    origin.klToReference(),
                                    parity,
                                    exported.quantised(),
                                    exported.selfTest())));
        } catch (IOException | RuntimeException e) {
            DurableFiles.deleteFolder(draft);
            throw e;
        }
    }

    private static void copy(List<String> names, Path from, Path to) throws IOException {
        for (String name : names) {
            Path file = from.resolve(name);
            if (Files.exists(file)) {
                Files.copy(file, to.resolve(name));
            }
        }
    }

    /// Where a release comes from.
    ///
    /// @param parent release that the refresh started from; null for an import
    /// @param lineage by the keys of [Lineage]
    /// @param scores gate scores
    /// @param klToReference nats per answer; 0 for r0
    public record Origin(
            @Nullable String parent,
            SortedMap<String, String> lineage,
            SortedMap<String, Double> scores,
            double klToReference) {
        public Origin {
            lineage = new TreeMap<>(lineage);
            scores = new TreeMap<>(scores);
        }
    }

    /// What became of it.
    public sealed interface Result {
        /// It is in the store.
        record Published(ReleaseManifest release) implements Result {}

        /// It is not, and why.
        record Refused(String reason) implements Result {}
    }
}
