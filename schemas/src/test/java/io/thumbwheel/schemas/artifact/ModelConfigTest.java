package io.thumbwheel.schemas.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                        new ModelConfig(
                                49152, 576, 30, 9, 3, 64, 1536, 8192, 1e-5, 100_000, true, 0, 0,
                                0));
        // The published number of parameters.
        assertThat(config.parameters()).isEqualTo(134_515_008);
    }

    @Test
    void readsBackWhatItWrote(@TempDir Path folder) throws IOException {
        var config = new ModelConfig(61, 32, 2, 4, 2, 8, 48, 40, 1e-6, 5e5, false, 1, 2, 0);

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
                "\"rope_scaling\": null | \"rope_scaling\": {\"factor\": 8} | rope_scaling",
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
