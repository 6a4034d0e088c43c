package io.thumbwheel.schemas.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A tokenizer of 256 bytes, a few merges and four special tokens, written in a test.
final class TinyTokenizer {
    static final ObjectMapper JSON = new ObjectMapper();

    private TinyTokenizer() {}

    /// Ids: 0 `<|bos|>`, 1 `<|eos|>`, 2 `<|user|>`, 3 `<|assistant|>`, byte b = 4 + b, then merges.
    static ObjectNode json(String... merges) {
        ObjectNode file = JSON.createObjectNode();
        var added = file.putArray("added_tokens");
        List<String> specials = List.of("<|bos|>", "<|eos|>", "<|user|>", "<|assistant|>");
        for (String special : specials) {
            added.addObject()
                    .put("id", added.size() - 1)
                    .put("content", special)
                    .put("special", true);
        }
        file.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false);
        ObjectNode model = file.putObject("model").put("type", "BPE");
        ObjectNode vocab = model.putObject("vocab");
        var entries = new ArrayList<>(specials);
        for (int b = 0; b < 256; b++) {
            entries.add(String.valueOf(ByteAlphabet.character(b)));
        }
        var list = model.putArray("merges");
        for (String merge : merges) {
            list.add(merge);
            entries.add(merge.replace(" ", ""));
        }
        entries.forEach(entry -> vocab.put(entry, vocab.size()));
        return file;
    }

    static Tokenizer load(Path folder, ObjectNode json) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.write(file, JSON.writeValueAsBytes(json));
        return Tokenizer.load(file);
    }

    static ChatTemplate chat(Path folder, String template) throws IOException {
        load(folder, json("h e", "l l", "he ll", "hell o", "Ġ hello"));
        ObjectNode config =
                JSON.createObjectNode()
                        .put("bos_token", "<|bos|>")
                        .put("eos_token", "<|eos|>")
                        .put("chat_template", template);
        Files.write(folder.resolve("tokenizer_config.json"), JSON.writeValueAsBytes(config));
        return ChatTemplate.load(folder);
    }
}
