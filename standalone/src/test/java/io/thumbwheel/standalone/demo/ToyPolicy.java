package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import io.thumbwheel.schemas.text.ByteAlphabet;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/// A Hugging Face folder with a Llama of two layers and random weights over bytes: it babbles,
/// which is all that the loop needs.
final class ToyPolicy {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> SPECIAL =
            List.of(
                    "<|pad|>",
                    "<|bos|>",
                    "<|eos|>",
                    "<|user|>",
                    "<|assistant|>",
                    "<|system|>",
                    "<|spare-1|>",
                    "<|spare-2|>");
    private static final String TEMPLATE =
            "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}"
                    + "{{ '<|assistant|>' + m['content'] + eos_token }}{% else %}"
                    + "{{ '<|user|>' + m['content'] }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private ToyPolicy() {}

    static Path write(Path folder, long seed) throws IOException {
        ModelConfig config =
                ModelConfig.llama(264, 32, 2, 2, 1, 16, 48, 256, 1e-5, 10_000, true, 1, 2, 0);
        Files.createDirectories(folder);
        config.write(folder);
        Safetensors.write(
                folder.resolve(Safetensors.FILE),
                weights(config, new Random(seed)),
                Safetensors.Precision.F32,
                Map.of());
        json(folder, "generation_config.json", JSON.createObjectNode().put("eos_token_id", 2));
        json(folder, "tokenizer.json", tokenizer());
        json(
                folder,
                "tokenizer_config.json",
                JSON.createObjectNode()
                        .put("bos_token", "<|bos|>")
                        .put("eos_token", "<|eos|>")
                        .put("pad_token", "<|pad|>")
                        .put("model_max_length", 256)
                        .put("chat_template", TEMPLATE));
        return folder;
    }

    private static SequencedMap<String, Safetensors.Tensor> weights(
            ModelConfig config, Random random) {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        TensorNames.shapes(config)
                .forEach((name, shape) ->
                        tensors.put(
                                name,
                                new Safetensors.Tensor(
                                        shape, FloatBuffer.wrap(values(shape, random)))));
        return tensors;
    }

    /// Norms near 1, matrices small, so that the policy is near uniform.
    private static float[] values(List<Long> shape, Random random) {
        int count = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        boolean norm = shape.size() == 1;
        double scale = norm ? 0.05 : 1 / Math.sqrt(shape.getLast());
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) ((norm ? 1 : 0) + scale * random.nextGaussian());
        }
        return values;
    }

    private static ObjectNode tokenizer() {
        ObjectNode file = JSON.createObjectNode().put("version", "1.0");
        ArrayNode added = file.putArray("added_tokens");
        ObjectNode vocab = JSON.createObjectNode();
        for (String special : SPECIAL) {
            added.addObject().put("id", vocab.size()).put("content", special).put("special", true);
            vocab.put(special, vocab.size());
        }
        for (int b = 0; b < 256; b++) {
            vocab.put(String.valueOf(ByteAlphabet.character(b)), vocab.size());
        }
        file.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false);
        file.putObject("decoder").put("type", "ByteLevel");
        ObjectNode model = file.putObject("model").put("type", "BPE");
        model.set("vocab", vocab);
        model.putArray("merges");
        return file;
    }

    private static void json(Path folder, String name, ObjectNode content) throws IOException {
        Files.write(folder.resolve(name), JSON.writeValueAsBytes(content));
    }
}
