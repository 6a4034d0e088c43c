package io.thumbwheel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Lora.Settings SETTINGS = new Lora.Settings(2, 4, 5);

    @TempDir Path folder;

    @Test
    void learnsByHeartAndMovesLinearLayersOnly() {
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.UNTIED, 7);
                Llama policy = base.copy(manager);
                Lora lora = new Lora(policy, base, SETTINGS, AdamW.Settings.TUNING)) {
            float first = train(manager, policy, lora, 1);
            float last = train(manager, policy, lora, 60);

            assertThat(last).isLessThan(0.6f * first);
            List<String> names = List.copyOf(TensorNames.shapes(policy.config()).keySet());
            for (int i = 0; i < names.size(); i++) {
                boolean same = policy.parameters().get(i).contentEquals(base.parameters().get(i));
                assertThat(same).as(names.get(i)).isEqualTo(!names.get(i).contains("_proj"));
            }
        }
    }

    /// The change of a matrix is a product of rank 2, so all of its 3 x 3 minors are 0.
    @Test
    void theChangeHasTheRank() {
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.TIED, 7);
                Llama policy = base.copy(manager);
                Lora lora = new Lora(policy, base, SETTINGS, AdamW.Settings.TUNING)) {
            train(manager, policy, lora, 30);

            float[] now = policy.parameters().get(2).toFloatArray();
            float[] before = base.parameters().get(2).toFloatArray();
            double[][] d = new double[3][3];
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 3; column++) {
                    int at = 32 * 5 * row + 3 * column;
                    d[row][column] = (double) now[at] - before[at];
                }
            }
            double determinant =
                    d[0][0] * (d[1][1] * d[2][2] - d[1][2] * d[2][1])
                            - d[0][1] * (d[1][0] * d[2][2] - d[1][2] * d[2][0])
                            + d[0][2] * (d[1][0] * d[2][1] - d[1][1] * d[2][0]);
            double product = d[0][0] * d[1][1] * d[2][2];
            assertThat(Math.abs(product)).isGreaterThan(1e-9);
            assertThat(determinant / product).isCloseTo(0, within(1e-3));
        }
    }

    /// One step of plain gradient descent (Adam without moments divides by a large epsilon): B
    /// moves by -rate · scale · ∂L/∂W Aᵀ, where ∂L/∂W is a constant matrix here.
    @Test
    void theGradientOfBIsTheChainRules() throws IOException {
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.TIED, 7);
                Llama policy = base.copy(manager);
                Lora lora = new Lora(policy, base, SETTINGS, new AdamW.Settings(0, 0, 1e6, 0))) {
            NDArray query = policy.parameters().get(2); // [32, 32]
            try (Step step = Step.open(manager)) {
                step.backward(() -> query.get("3").sum());
                lora.step(1e6, 1e9);
            }
            lora.saveAdapter(folder, "base");

            try (Safetensors adapter =
                    Safetensors.open(folder.resolve("adapter_model.safetensors"))) {
                String layer = "base_model.model.model.layers.0.self_attn.q_proj.";
                float[] a = new float[64];
                float[] b = new float[64];
                adapter.read(layer + "lora_A.weight", List.of(2L, 32L), FloatBuffer.wrap(a));
                adapter.read(layer + "lora_B.weight", List.of(32L, 2L), FloatBuffer.wrap(b));
                float sum = 0;
                for (int i = 0; i < 32; i++) {
                    sum += a[i];
                }
                // row 3 of ∂L/∂W is all ones; alpha / r is 2
                assertThat(b[3 * 2]).isCloseTo(-2 * sum, within(1e-4f));
                assertThat(b[4 * 2]).isZero();
            }
        }
    }

    @Test
    void theAdapterAddsUpToThePolicyAndSaysHow() throws IOException {
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.TIED, 7);
                Llama policy = base.copy(manager);
                Lora lora = new Lora(policy, base, SETTINGS, AdamW.Settings.TUNING)) {
            train(manager, policy, lora, 3);
            lora.saveAdapter(folder, "org/base");

            JsonNode config =
                    JsonMapper.builder()
                            .build()
                            .readTree(folder.resolve("adapter_config.json").toFile());
            assertThat(config.path("peft_type").asText()).isEqualTo("LORA");
            assertThat(config.path("r").asInt()).isEqualTo(2);
            assertThat(config.path("lora_alpha").asDouble()).isEqualTo(4);
            assertThat(config.path("base_model_name_or_path").asText()).isEqualTo("org/base");
            assertThat(config.path("target_modules"))
                    .extracting(JsonNode::asText)
                    .containsExactly(
                            "q_proj",
                            "k_proj",
                            "v_proj",
                            "o_proj",
                            "gate_proj",
                            "up_proj",
                            "down_proj");
            try (Safetensors adapter =
                    Safetensors.open(folder.resolve("adapter_model.safetensors"))) {
                String layer = "base_model.model.model.layers.1.mlp.down_proj.";
                float[] a = new float[2 * 48];
                float[] b = new float[32 * 2];
                adapter.read(layer + "lora_A.weight", List.of(2L, 48L), FloatBuffer.wrap(a));
                adapter.read(layer + "lora_B.weight", List.of(32L, 2L), FloatBuffer.wrap(b));
                int index =
                        new ArrayList<>(TensorNames.shapes(policy.config()).keySet())
                                .indexOf("model.layers.1.mlp.down_proj.weight");
                float[] merged = policy.parameters().get(index).toFloatArray();
                float[] frozen = base.parameters().get(index).toFloatArray();
                for (int row = 0; row < 32; row++) {
                    for (int column = 0; column < 48; column++) {
                        float change =
                                2 * (b[2 * row] * a[column] + b[2 * row + 1] * a[48 + column]);
                        assertThat(merged[row * 48 + column])
                                .isCloseTo(frozen[row * 48 + column] + change, within(1e-6f));
                    }
                }
            }
        }
    }

    /// PEFT itself is Python and was not run: huggingface/peft, docs "PEFT checkpoint format".
    @Test
    void theFolderIsWhatPeftDocuments() throws IOException {
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.QWEN2, 7);
                Llama policy = base.copy(manager);
                Lora lora = new Lora(policy, base, SETTINGS, AdamW.Settings.TUNING)) {
            lora.saveAdapter(folder, "org/base");
        }

        Set<String> expected = new TreeSet<>();
        Map<String, List<Long>> shapes = TensorNames.shapes(TinyModel.QWEN2);
        shapes.keySet().stream()
                .filter(name -> name.endsWith("_proj.weight"))
                .map(name -> "base_model.model." + name.replace(".weight", ".lora_"))
                .forEach(name -> expected.addAll(List.of(name + "A.weight", name + "B.weight")));
        JsonNode header = header(folder.resolve("adapter_model.safetensors"));
        Set<String> written = new TreeSet<>();
        header.fieldNames().forEachRemaining(written::add);
        written.remove("__metadata__");
        assertThat(written).hasSize(2 * 7 * 2).isEqualTo(expected);
        for (String name : written) {
            String module = name.replace("base_model.model.", "").replaceAll("lora_.*", "weight");
            List<Long> of = Objects.requireNonNull(shapes.get(module));
            assertThat(header.path(name).path("shape"))
                    .extracting(JsonNode::asLong)
                    .isEqualTo(
                            name.contains("lora_A")
                                    ? List.of(2L, of.get(1))
                                    : List.of(of.get(0), 2L));
            assertThat(header.path(name).path("dtype").asText()).isEqualTo("F32");
        }
        Set<String> keys = new TreeSet<>();
        JSON.readTree(folder.resolve("adapter_config.json").toFile())
                .fieldNames()
                .forEachRemaining(keys::add);
        assertThat(keys)
                .containsExactly(
                        "base_model_name_or_path",
                        "bias",
                        "fan_in_fan_out",
                        "inference_mode",
                        "lora_alpha",
                        "lora_dropout",
                        "peft_type",
                        "r",
                        "target_modules",
                        "task_type");
    }

    /// The JSON at the beginning of a safetensors file.
    private static JsonNode header(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] json = new byte[Math.toIntExact(bytes.getLong())];
        bytes.get(json);
        return JSON.readTree(json);
    }

    @Test
    void goesOnFromWhatItSavedBitForBit() throws IOException {
        Path file = folder.resolve("optimizer.safetensors");
        try (NDManager manager = TinyModel.manager();
                Llama base = Llama.random(manager, TinyModel.TIED, 7);
                Llama policy = base.copy(manager);
                Llama resumed = base.copy(manager);
                Lora lora = new Lora(policy, base, SETTINGS, AdamW.Settings.TUNING);
                Lora other = new Lora(resumed, base, SETTINGS, AdamW.Settings.TUNING)) {
            train(manager, policy, lora, 3);
            lora.save(file);
            other.restore(file);
            train(manager, policy, lora, 2);
            train(manager, resumed, other, 2);

            for (int i = 0; i < policy.parameters().size(); i++) {
                assertThat(resumed.parameters().get(i).toFloatArray())
                        .isEqualTo(policy.parameters().get(i).toFloatArray());
            }
        }
    }

    private static float train(NDManager manager, Llama policy, Lora lora, int steps) {
        float loss = 0;
        for (int i = 0; i < steps; i++) {
            try (Step step = Step.open(manager)) {
                NDArray tokens = TinyModel.tokens(step.manager(), 2, 12, 5);
                loss = step.backward(() -> policy.logProbs(tokens, 1).mean().neg());
                lora.step(1e-2, 1);
            }
        }
        return loss;
    }
}
