package io.thumbwheel.trainer.pretraining;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.text.ByteAlphabet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A tokenizer whose tokens are bytes: six special tokens, then 256 bytes.
public final class TinyVocabulary {
    private static final String TEMPLATE =
            "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}"
                    + "{{ '<|assistant|>' + m['content'] + eos_token }}{% else %}"
                    + "{{ '<|' + m['role'] + '|>' + m['content'] }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private TinyVocabulary() {}

    /// Writes `tokenizer.json` and `tokenizer_config.json`.
    public static Vocabulary write(Path folder) throws IOException {
        var json = JsonMapper.builder().build();
        String[] specials = {
            "<|pad|>", "<|bos|>", "<|eos|>", "<|user|>", "<|assistant|>", "<|system|>"
        };
        ObjectNode file = json.createObjectNode();
        var added = file.putArray("added_tokens");
        ObjectNode model = file.putObject("model").put("type", "BPE");
        ObjectNode vocab = model.putObject("vocab");
        model.putArray("merges");
        for (int id = 0; id < specials.length; id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", specials[id])
                    .put("special", true)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("single_word", false)
                    .put("normalized", false);
            vocab.put(specials[id], id);
        }
        for (int value = 0; value < 256; value++) {
            vocab.put(String.valueOf(ByteAlphabet.character(value)), 6 + value);
        }
        file.putObject("pre_tokenizer")
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("use_regex", true);
        file.putObject("decoder").put("type", "ByteLevel");
        Files.createDirectories(folder);
        Files.write(folder.resolve("tokenizer.json"), json.writeValueAsBytes(file));
        ObjectNode config =
                json.createObjectNode()
                        .put("bos_token", "<|bos|>")
                        .put("eos_token", "<|eos|>")
                        .put("pad_token", "<|pad|>")
                        .put("chat_template", TEMPLATE);
        Files.write(folder.resolve("tokenizer_config.json"), json.writeValueAsBytes(config));
        return Vocabulary.read(folder);
    }

    /// The id of a byte.
    public static int id(char ascii) {
        return 6 + ascii;
    }
}
