package io.thumbwheel.trainer.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.text.ByteAlphabet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes a learnt vocabulary in the form that Hugging Face's libraries read: `tokenizer.json` and
/// `tokenizer_config.json` with the chat template.
final class TokenizerFiles {
    /// Ids 0 to 7.
    static final List<String> SPECIAL =
            List.of(
                    "<|pad|>",
                    "<|bos|>",
                    "<|eos|>",
                    "<|user|>",
                    "<|assistant|>",
                    "<|system|>",
                    "<|unused0|>",
                    "<|unused1|>");

    private static final String CHAT_TEMPLATE =
            "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}{{ '<|assistant|>'"
                    + " + m['content'] + eos_token }}{% elif m['role'] == 'system' %}{{ '<|system|>' +"
                    + " m['content'] }}{% else %}{{ '<|user|>' + m['content'] }}{% endif %}{% endfor"
                    + " %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerFiles() {}

    /// How many merges make a vocabulary of a size.
    static int merges(int vocabSize) {
        return vocabSize - SPECIAL.size() - 256;
    }

    static void write(List<PairTraining.Pair> merges, int contextLength, Path folder)
            throws IOException {
        Files.createDirectories(folder);
        var pretty = JSON.writerWithDefaultPrettyPrinter();
        Files.write(folder.resolve("tokenizer.json"), pretty.writeValueAsBytes(tokenizer(merges)));
        Files.write(
                folder.resolve("tokenizer_config.json"),
                pretty.writeValueAsBytes(config(contextLength)));
    }

    private static ObjectNode tokenizer(List<PairTraining.Pair> merges) {
        ObjectNode file = JSON.createObjectNode();
        file.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = file.putArray("added_tokens");
        for (int id = 0; id < SPECIAL.size(); id++) {
            ObjectNode token = added.addObject().put("id", id);
            describe(token, SPECIAL.get(id));
        }
        file.putNull("normalizer");
        byteLevel(file.putObject("pre_tokenizer"), false);
        file.putNull("post_processor");
        byteLevel(file.putObject("decoder"), true);
        ObjectNode model = file.putObject("model").put("type", "BPE").putNull("dropout");
        model.putNull("unk_token").putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        SPECIAL.forEach(token -> vocabulary.put(token, vocabulary.size()));
        var entries = new ArrayList<String>();
        for (int b = 0; b < 256; b++) {
            entries.add(String.valueOf(ByteAlphabet.character(b)));
        }
        ArrayNode list = model.putArray("merges");
        for (PairTraining.Pair merge : merges) {
            String left = entries.get(merge.left());
            String right = entries.get(merge.right());
            list.add(left + ' ' + right);
            entries.add(left + right);
        }
        entries.forEach(entry -> vocabulary.put(entry, vocabulary.size()));
        return file;
    }

    private static void byteLevel(ObjectNode node, boolean prefixSpace) {
        node.put("type", "ByteLevel").put("add_prefix_space", prefixSpace);
        node.put("trim_offsets", true).put("use_regex", true);
    }

    private static void describe(ObjectNode token, String content) {
        token.put("content", content).put("single_word", false).put("lstrip", false);
        token.put("rstrip", false).put("normalized", false).put("special", true);
    }

    private static ObjectNode config(int contextLength) {
        ObjectNode config = JSON.createObjectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("model_max_length", contextLength);
        config.put("bos_token", "<|bos|>").put("eos_token", "<|eos|>");
        config.put("pad_token", "<|pad|>").putNull("unk_token");
        config.put("clean_up_tokenization_spaces", false).put("add_bos_token", false);
        ObjectNode added = config.putObject("added_tokens_decoder");
        for (int id = 0; id < SPECIAL.size(); id++) {
            describe(added.putObject(Integer.toString(id)), SPECIAL.get(id));
        }
        ArrayNode more = config.putArray("additional_special_tokens");
        SPECIAL.subList(3, 6).forEach(more::add);
        config.put("chat_template", CHAT_TEMPLATE);
        return config;
    }
}
