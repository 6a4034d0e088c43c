package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes a Llama-family Hugging Face folder a release. What would not run here as it was meant is
/// refused before anything is written.
public final class Import {
    private static final List<String> REQUIRED =
            List.of(
                    ModelConfig.FILE,
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "generation_config.json");

    /// What the graph is measured on: nobody has asked anything yet.
    private static final List<List<Message>> CONVERSATIONS =
            List.of(
                    List.of(user("Hello!")),
                    List.of(user("Tell me a short story about a dog and a red ball.")),
                    List.of(user("What did you do today?")),
                    List.of(user("Once upon a time there was a little girl who lived by the sea.")),
                    List.of(user("Finish the story: The cat climbed up the tall tree and")),
                    List.of(
                            user("Good morning."),
                            new Message("assistant", "Good morning! How are you?"),
                            user("I am fine, thank you.")));

    private final ReleaseStore store;
    private final ReleaseMaker maker;

    public Import(ReleaseStore store, ReleaseMaker maker) {
        this.store = store;
        this.maker = maker;
    }

    /// Imports the folder as r0.
    ///
    /// @throws UnsupportedModelException where the checkpoint is none that runs here; nothing was
    ///   written
    /// @throws IllegalStateException where the store is not empty
    public ReleaseManifest reference(Path huggingFaceFolder) throws IOException {
        if (!store.list().isEmpty()) {
            throw new IllegalStateException(
                    "the store has releases already, %s first: import makes r0 of an empty store only; name another folder with THUMBWHEEL_RELEASES"
                            .formatted(store.list().getFirst().id()));
        }
        return beside(huggingFaceFolder);
    }

    /// Imports the folder as one more release, which serves whoever names it and nobody else until
    /// somebody promotes it.
    ///
    /// @throws UnsupportedModelException where the checkpoint is none that runs here; nothing was
    ///   written
    public ReleaseManifest beside(Path huggingFaceFolder) throws IOException {
        ChatTemplate template = validate(huggingFaceFolder);
        SortedMap<String, String> lineage = new TreeMap<>();
        lineage.put(
                Lineage.SOURCE,
                "import of %s, weights %s"
                        .formatted(
                                huggingFaceFolder.toAbsolutePath().normalize().getFileName(),
                                ReleaseManifest.FileDigest.of(weightsOf(huggingFaceFolder))
                                        .sha256()));
        ReleaseMaker.Result result =
                maker.make(
                        huggingFaceFolder,
                        huggingFaceFolder,
                        CONVERSATIONS.stream().map(template::prompt).toList(),
                        new ReleaseMaker.Origin(null, lineage, new TreeMap<>(), 0));
        return switch (result) {
            case ReleaseMaker.Result.Published(ReleaseManifest release) -> release;
            case ReleaseMaker.Result.Refused(String reason) ->
                    throw new UnsupportedModelException(
                            "%s cannot be imported: %s".formatted(huggingFaceFolder, reason));
        };
    }

    /// The file of the weights, or the list of its shards.
    private static Path weightsOf(Path folder) {
        Path index = folder.resolve(Safetensors.INDEX);
        Path single = folder.resolve(Safetensors.FILE);
        return Files.exists(single) || !Files.exists(index) ? single : index;
    }

    private static ChatTemplate validate(Path folder) throws IOException {
        List<String> missing = new ArrayList<>(REQUIRED);
        missing.removeIf(name -> Files.exists(folder.resolve(name)));
        if (!Files.exists(weightsOf(folder))) {
            missing.add(Safetensors.FILE);
        }
        if (!missing.isEmpty()) {
            throw new UnsupportedModelException(
                    "%s lacks %s: a Hugging Face folder with its weights in safetensors is needed"
                            .formatted(folder, String.join(", ", missing)));
        }
        ModelConfig config = ModelConfig.read(folder);
        requireTensors(folder, config);
        ChatTemplate template = ChatTemplate.load(folder);
        if (template.tokenizer().vocabSize() > config.vocab()) {
            throw new UnsupportedModelException(
                    "tokenizer.json has %d ids but config.json says vocab_size %d: they belong to different models"
                            .formatted(template.tokenizer().vocabSize(), config.vocab()));
        }
        return template;
    }

    private static void requireTensors(Path folder, ModelConfig config) throws IOException {
        SequencedMap<String, List<Long>> wanted = TensorNames.shapes(config);
        try (Safetensors file = Safetensors.openFolder(folder)) {
            Map<String, Safetensors.Entry> found = file.entries();
            List<String> wrong = new ArrayList<>();
            wanted.forEach((name, shape) -> {
                Safetensors.Entry entry = found.get(name);
                if (entry == null) {
                    wrong.add(name + " is missing");
                } else if (!entry.shape().equals(shape)) {
                    wrong.add(
                            "%s has shape %s, config.json says %s"
                                    .formatted(name, entry.shape(), shape));
                }
            });
            Set<String> harmless =
                    config.tied() ? Set.of(TensorNames.HEAD) : Set.of(); // a copy of the embedding
            found.keySet().stream()
                    .filter(name -> !wanted.containsKey(name) && !harmless.contains(name))
                    .filter(name -> !name.endsWith("rotary_emb.inv_freq"))
                    .forEach(name -> wrong.add(name + " is not part of the architecture"));
            if (!wrong.isEmpty()) {
                throw new UnsupportedModelException(
                        "%s does not hold the model of config.json: %s%s"
                                .formatted(
                                        weightsOf(folder),
                                        String.join(
                                                "; ", wrong.subList(0, Math.min(5, wrong.size()))),
                                        wrong.size() > 5
                                                ? "; and " + (wrong.size() - 5) + " more"
                                                : ""));
            }
        }
    }

    private static Message user(String content) {
        return new Message("user", content);
    }
}
