package io.thumbwheel.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportTest {
    @TempDir private Path temporary;
    private ReleaseStore store;
    private Import importer;

    @BeforeEach
    void open() throws IOException {
        store = ReleaseStore.open(temporary.resolve("releases"), Clock.systemUTC());
        importer = new Import(store, new ReleaseMaker(store, new OnnxGraphs()));
    }

    @Test
    void aHuggingFaceFolderBecomesReleaseZeroWithGraphAndSelfTest() throws IOException {
        Path policy = TinyPolicy.write(temporary.resolve("policy"), 1);

        ReleaseManifest release = importer.reference(policy);

        assertThat(release.sequence()).isZero();
        assertThat(release.parent()).isNull();
        assertThat(release.files()).containsKeys("model.onnx", "model.onnx.data");
        assertThat(release.parity().maxLogProb()).isLessThan(1e-4);
        assertThat(release.selfTest()).hasSize(6);
        assertThat(release.selfTest().getFirst().promptIds()).startsWith(1, 3).endsWith(4);
        assertThat(release.lineage().get(Lineage.SOURCE)).startsWith("import of policy, weights ");
        assertThat(store.folder(release.id()).resolve("tokenizer.json"))
                .hasSameBinaryContentAs(policy.resolve("tokenizer.json"));
    }

    @Test
    void shardsBecomeOneFileWithTheSameTensors() throws IOException {
        Path policy = TinyPolicy.write(temporary.resolve("policy"), 1);
        SortedMap<String, float[]> tensors = tensors(policy);
        ObjectNode index = JsonMapper.builder().build().createObjectNode();
        for (int shard = 1; shard <= 2; shard++) {
            String file = "model-0000%d-of-00002.safetensors".formatted(shard);
            SequencedMap<String, Safetensors.Tensor> part = new LinkedHashMap<>();
            try (Safetensors whole = Safetensors.openFolder(policy)) {
                for (String name : tensors.keySet()) {
                    if (name.hashCode() % 2 == 0 == (shard == 1)) {
                        part.put(
                                name,
                                new Safetensors.Tensor(
                                        Objects.requireNonNull(whole.entries().get(name)).shape(),
                                        FloatBuffer.wrap(tensors.get(name))));
                        index.withObject("/weight_map").put(name, file);
                    }
                }
            }
            Safetensors.write(policy.resolve(file), part, Safetensors.Precision.F32, Map.of());
        }
        Files.writeString(policy.resolve(Safetensors.INDEX), index.toString());
        Files.delete(policy.resolve(Safetensors.FILE));

        ReleaseManifest release = importer.reference(policy);

        Path folder = store.folder(release.id());
        assertThat(tensors(folder).keySet()).isEqualTo(tensors.keySet());
        tensors(folder).forEach((name, values) -> assertThat(values).isEqualTo(tensors.get(name)));
        assertThat(folder.resolve(Safetensors.INDEX)).doesNotExist();

        Files.delete(policy.resolve("model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> importer.beside(policy))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model-00002-of-00002.safetensors, which is missing");
    }

    private static SortedMap<String, float[]> tensors(Path folder) throws IOException {
        SortedMap<String, float[]> tensors = new TreeMap<>();
        try (Safetensors file = Safetensors.openFolder(folder)) {
            file.entries().keySet().forEach(name -> tensors.put(name, file.floats(name)));
        }
        return tensors;
    }

    @Test
    void onlyAnEmptyStoreTakesAReference() throws IOException {
        Path policy = TinyPolicy.write(temporary.resolve("policy"), 1);
        importer.reference(policy);

        assertThatThrownBy(() -> importer.reference(policy))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the store has releases already");
    }

    @Test
    void weightsOfAnotherShapeAreRefusedByName() throws IOException {
        Path policy = TinyPolicy.write(temporary.resolve("policy"), 1);
        String config = Files.readString(policy.resolve("config.json"));
        Files.writeString(
                policy.resolve("config.json"),
                config.replace("\"intermediate_size\" : 48", "\"intermediate_size\" : 40"));

        assertThatThrownBy(() -> importer.reference(policy))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(
                        "model.layers.0.mlp.gate_proj.weight has shape [48, 32], config.json says"
                                + " [40, 32]");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void aFolderWithoutTokenizerIsRefused() throws IOException {
        Path policy = TinyPolicy.write(temporary.resolve("policy"), 1);
        Files.delete(policy.resolve("tokenizer.json"));

        assertThatThrownBy(() -> importer.reference(policy))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("lacks tokenizer.json");
    }

    @Test
    void aGraphThatDisagreesIsNotPublished() throws IOException {
        GraphExport wrong =
                (model, target, prompts) ->
                        new GraphExport.Exported(
                                new ReleaseManifest.Parity(0.5, 0.25, 0.1), List.of());
        Import broken = new Import(store, new ReleaseMaker(store, wrong));
        Path policy = TinyPolicy.write(temporary.resolve("policy"), 1);

        assertThatThrownBy(() -> broken.reference(policy))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("by 5.00e-01 in a logit and 2.50e-01 nats in a log-prob");
        assertThat(temporary.resolve("releases")).isEmptyDirectory();
    }
}
