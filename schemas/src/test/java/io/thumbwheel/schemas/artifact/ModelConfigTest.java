package io.thumbwheel.schemas.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelConfigTest {
    /// As published for SmolLM2-135M, shortened.
    private static final String SMOLLM2 =
            """
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 0,
             "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 576,
             "intermediate_size": 1536, "is_llama_config": true, "max_position_embeddings": 8192,
             "model_type": "llama", "num_attention_heads": 9, "num_hidden_layers": 30,
             "num_key_value_heads": 3, "rms_norm_eps": 1e-05, "rope_interleaved": false,
             "rope_scaling": null, "rope_theta": 100000, "tie_word_embeddings": true,
             "torch_dtype": "bfloat16", "vocab_size": 49152}
            """;

    @Test
    void readsAPublishedConfiguration() throws IOException {
        ModelConfig config = ModelConfig.of(JsonMapper.builder().build().readTree(SMOLLM2));

        assertThat(config)
                .isEqualTo(
                        ModelConfig.llama(
                                49152, 576, 30, 9, 3, 64, 1536, 8192, 1e-5, 100_000, true, 0, 0,
                                0));
        // The published number of parameters.
        assertThat(config.parameters()).isEqualTo(134_515_008);
    }

    static List<ModelConfig> families() {
        var scaling = new RopeScaling(8, 1, 4, 8192);
        return List.of(
                ModelConfig.llama(61, 32, 2, 4, 2, 8, 48, 40, 1e-6, 5e5, false, 1, 2, 0),
                of(ModelFamily.LLAMA, scaling, 0),
                of(ModelFamily.MISTRAL, null, 16),
                of(ModelFamily.QWEN2, null, 0),
                of(ModelFamily.QWEN3, null, 0));
    }

    private static ModelConfig of(ModelFamily family, @Nullable RopeScaling scaling, int window) {
        return new ModelConfig(
                family, 61, 32, 2, 4, 2, 8, 48, 40, 1e-6, 5e5, scaling, window, true, 1, 2, 0);
    }

    /// Sizes as published; parameters as the model cards say.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qwen2 | Qwen2ForCausalLM | 896 | 24 | 14 | 2 | 64 | 4864 | 151936 | true | 494032768",
                "qwen3 | Qwen3ForCausalLM | 1024 | 28 | 16 | 8 | 128 | 3072 | 151936 | true | 596049920",
                "mistral | MistralForCausalLM | 4096 | 32 | 32 | 8 | 128 | 14336 | 32000 | false | 7241732096",
                "llama | LlamaForCausalLM | 2048 | 16 | 32 | 8 | 64 | 8192 | 128256 | true | 1235814400"
            })
    void publishedSizesHaveThePublishedParameters(
            String type,
            String architecture,
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int headDim,
            int ffn,
            int vocab,
            boolean tied,
            long parameters)
            throws IOException {
        String json =
                """
                {"model_type": "%s", "architectures": ["%s"], "hidden_size": %d,
                 "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "head_dim": %d, "intermediate_size": %d, "vocab_size": %d,
                 "tie_word_embeddings": %s, "max_position_embeddings": 32768, "eos_token_id": 2}
                """
                        .formatted(
                                type,
                                architecture,
                                hidden,
                                layers,
                                heads,
                                keyValueHeads,
                                headDim,
                                ffn,
                                vocab,
                                tied);

        assertThat(ModelConfig.of(JsonMapper.builder().build().readTree(json)).parameters())
                .isEqualTo(parameters);
    }

    @Test
    void whatIsNotSaidIsWhatHuggingFaceMeansByIt() throws IOException {
        String silent = SMOLLM2.replace("LlamaForCausalLM", "%s").replace("\"llama\"", "\"%s\"");
        String mistral = silent.formatted("MistralForCausalLM", "mistral");

        assertThat(read(mistral).window()).isEqualTo(4096);
        assertThat(read(mistral.replace("\"vocab", "\"sliding_window\": null, \"vocab")).window())
                .isZero();
        assertThat(read(silent.formatted("Qwen3ForCausalLM", "qwen3")).headDim()).isEqualTo(128);
        assertThat(read(silent.formatted("Qwen2ForCausalLM", "qwen2")).headDim()).isEqualTo(64);
        assertThatThrownBy(() ->
                        read(
                                mistral.replace(
                                        "\"vocab",
                                        "\"layer_types\": [\"full_attention\"], \"vocab")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("all layers must be 'sliding_attention'");
    }

    private static ModelConfig read(String json) throws IOException {
        return ModelConfig.of(JsonMapper.builder().build().readTree(json));
    }

    @Test
    void llama3StretchesLongWavesOnly() throws IOException {
        String json =
                SMOLLM2.replace(
                        "\"rope_scaling\": null, \"rope_theta\": 100000",
                        "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0,"
                                + " \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
                                + " \"original_max_position_embeddings\": 8192},"
                                + " \"rope_theta\": 500000.0");
        ModelConfig config = ModelConfig.of(JsonMapper.builder().build().readTree(json));

        double[] frequencies = config.rotaryFrequencies();

        assertThat(frequencies).hasSize(32);
        assertThat(frequencies[0]).isEqualTo(1);
        // Wave of 2 pi * 500000^(24/32) = 118,000 positions, beyond 8192.
        assertThat(frequencies[24]).isCloseTo(Math.pow(500_000, -0.75) / 8, within(1e-15));
        // Wave of 2 pi * 500000^(16/32) = 4443 positions: 8192 / 4443 = 1.844 turns, 28% kept.
        double plain = Math.pow(500_000, -0.5);
        assertThat(frequencies[16])
                .isCloseTo(0.281286 * plain + 0.718714 * plain / 8, within(1e-8));
    }

    @ParameterizedTest
    @MethodSource("families")
    void readsBackWhatItWrote(ModelConfig config, @TempDir Path folder) throws IOException {

        config.write(folder);

        assertThat(ModelConfig.read(folder)).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model_type\": \"llama\" | \"model_type\": \"gpt2\" | model_type 'gpt2'",
                "LlamaForCausalLM | LlamaForSequenceClassification | LlamaForSequenceClassification",
                "\"silu\" | \"gelu\" | hidden_act 'gelu'",
                "\"attention_bias\": false | \"attention_bias\": true | attention_bias = true",
                "\"rope_scaling\": null | \"rope_scaling\": {\"factor\": 8} | rope_scaling.rope_type '(none)'",
                "\"rope_scaling\": null | \"rope_scaling\": {\"rope_type\": \"yarn\"} | rope_type 'yarn'",
                "\"rope_scaling\": null | \"sliding_window\": 4096 | sliding_window = 4096",
                "\"rope_scaling\": null | \"use_sliding_window\": true | use_sliding_window = true",
                "\"rope_interleaved\": false | \"rope_interleaved\": true | rope_interleaved",
                "\"num_key_value_heads\": 3 | \"num_key_value_heads\": 4 | not a multiple",
                "\"vocab_size\": 49152 | \"vocab_size\": \"many\" | needs an integer 'vocab_size'",
                "\"bos_token_id\": 0 | \"bos_token_id\": 49152 | bos_token_id must be between",
            })
    void whatWouldComputeSomethingElseIsRefusedByName(
            String accepted, String changed, String reason) {
        String json = SMOLLM2.replace(accepted, changed);

        assertThat(json).isNotEqualTo(SMOLLM2);
        assertThatThrownBy(() -> ModelConfig.of(JsonMapper.builder().build().readTree(json)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(reason);
    }
}
