package io.thumbwheel.trainer.pretraining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.schemas.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// A tokenizer folder: `tokenizer.json` and the roles that `tokenizer_config.json` gives to special
/// tokens.
///
/// @param folder where the files lie
/// @param template texts and conversations to ids
/// @param bosId begins a document
/// @param padId fills rows
public record Vocabulary(Path folder, ChatTemplate template, int bosId, int padId) {
    private static final List<String> FILES =
            List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json");

    public static Vocabulary read(Path folder) throws IOException {
        ChatTemplate template = ChatTemplate.load(folder);
        Tokenizer tokenizer = template.tokenizer();
        JsonNode roles =
                JsonMapper.builder()
                        .build()
                        .readTree(Files.readAllBytes(folder.resolve("tokenizer_config.json")));
        return new Vocabulary(
                folder,
                template,
                id(tokenizer, roles, "bos_token"),
                id(tokenizer, roles, "pad_token"));
    }

    private static int id(Tokenizer tokenizer, JsonNode roles, String role) {
        JsonNode value = roles.path(role);
        String token = value.isObject() ? value.path("content").asText() : value.asText();
        return tokenizer.id(token);
    }

    /// Copies the tokenizer's files beside a model's.
    public void copyTo(Path target) throws IOException {
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        String generation =
                """
                {
                  "bos_token_id": %d,
                  "eos_token_id": %d,
                  "pad_token_id": %d
                }
                """
                        .formatted(bosId, template.eos(), padId);
        Files.writeString(target.resolve("generation_config.json"), generation);
    }
}
