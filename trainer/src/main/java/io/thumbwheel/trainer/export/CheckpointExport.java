package io.thumbwheel.trainer.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.Safetensors.Precision;
import io.thumbwheel.schemas.artifact.ShardWriter;
import io.thumbwheel.schemas.artifact.TensorNames;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.trainer.store.DurableFiles;
import io.thumbwheel.trainer.store.ReleaseMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// A folder as Hugging Face, vLLM, TRL and llama.cpp's converter read it: config.json, weights in
/// one file or in shards, tokenizer, template and generation settings.
final class CheckpointExport {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path model;
    private final Path text;

    /// @param folder a release, a Hugging Face folder, or a checkpoint of PPO, whose policy is
    ///   meant
    /// @param text folder with the tokenizer
    CheckpointExport(Path folder, Path text) {
        Path policy = folder.resolve("policy");
        this.model =
                !Files.exists(folder.resolve(ModelConfig.FILE))
                                && Files.exists(policy.resolve(ModelConfig.FILE))
                        ? policy
                        : folder;
        this.text = text;
    }

    /// Writes the folder, whole or not at all.
    ///
    /// @param precision empty for each tensor's own
    /// @throws UnsupportedModelException where the folder is no checkpoint of a supported model
    ShardWriter.Written write(Path target, Optional<Precision> precision, long maxShardBytes)
            throws IOException {
        require(model, ModelConfig.FILE, "name a release or a Hugging Face folder");
        require(
                text,
                "tokenizer.json",
                "a checkpoint has no tokenizer of its own: name the release that it started from with --tokenizer DIR");
        ModelConfig config = ModelConfig.read(model);
        Path aside = target.resolveSibling(target.getFileName() + ".part");
        DurableFiles.deleteFolder(aside);
        Files.createDirectories(aside);
        try (Safetensors weights = Safetensors.openFolder(model)) {
            requireComplete(config, weights);
            ShardWriter.Written written =
                    new ShardWriter(weights, precision).write(aside, maxShardBytes);
            writeConfig(aside, precision);
            for (String name : ReleaseMaker.TEXT_FILES) {
                if (Files.exists(text.resolve(name))) {
                    Files.copy(text.resolve(name), aside.resolve(name));
                }
            }
            DurableFiles.forceFolder(aside);
            DurableFiles.rename(aside, target);
            return written;
        } finally {
            DurableFiles.deleteFolder(aside);
        }
    }

    private static void require(Path folder, String file, String what) {
        if (!Files.exists(folder.resolve(file))) {
            throw new UnsupportedModelException("%s has no %s: %s".formatted(folder, file, what));
        }
    }

    private static void requireComplete(ModelConfig config, Safetensors weights) {
        TreeSet<String> missing = new TreeSet<>(TensorNames.shapes(config).keySet());
        missing.removeAll(weights.entries().keySet());
        if (!missing.isEmpty()) {
            throw new UnsupportedModelException(
                    "the weights lack %s, which config.json means: nothing was written"
                            .formatted(String.join(", ", missing)));
        }
    }

    /// The configuration as it is, except for the type of the weights where that changes.
    private void writeConfig(Path target, Optional<Precision> precision) throws IOException {
        byte[] bytes = Files.readAllBytes(model.resolve(ModelConfig.FILE));
        JsonNode config = JSON.readTree(bytes);
        if (precision.isPresent() && config instanceof ObjectNode changed) {
            String type =
                    switch (precision.get()) {
                        case F32 -> "float32";
                        case BF16 -> "bfloat16";
                        case F16 -> "float16";
                    };
            List<String> keys = List.of("torch_dtype", "dtype");
            keys.stream().filter(changed::has).forEach(key -> changed.put(key, type));
            if (keys.stream().noneMatch(changed::has)) {
                changed.put("torch_dtype", type);
            }
            bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(changed);
        }
        AtomicFile.write(target.resolve(ModelConfig.FILE), bytes);
    }
}
