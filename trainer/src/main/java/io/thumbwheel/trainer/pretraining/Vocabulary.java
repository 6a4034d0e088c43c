package io.thumbwheel.trainer.pretraining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
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

    /// Refuses a model that these ids do not belong to, or whose padding looks like an answer's
    /// end.
    ///
    /// @throws UnsupportedModelException says which ids clash
    public void requireFits(ModelConfig config) {
        if (template.tokenizer().vocabSize() > config.vocab()) {
            throw new UnsupportedModelException(
                    "tokenizer.json of %s has %d ids but config.json says vocab_size %d: they belong to different models"
                            .formatted(folder, template.tokenizer().vocabSize(), config.vocab()));
        }
        if (template.eos() != config.eosId()) {
            throw new UnsupportedModelException(
                    "tokenizer_config.json of %s ends an answer with id %d but config.json says eos_token_id %d: they belong to different models"
                            .formatted(folder, template.eos(), config.eosId()));
        }
        if (padId == template.eos() || config.padId() == config.eosId()) {
            throw new UnsupportedModelException(
                    "pad and eos of %s are both id %d, so that padding looks like an answer's end: name another pad_token in tokenizer_config.json and its id as pad_token_id in config.json"
                            .formatted(folder, config.eosId()));
        }
    }

    /// The id of a role; without a bos, eos stands in, as in a silent `config.json`. Refuses a
    /// model that goes by other ids or another chat template.
    ///
    /// @param other a Hugging Face folder; what it has no file of is not compared
    /// @throws UnsupportedModelException names the file that differs
    public void requireSame(Path other) throws IOException {
        for (String name : FILES) {
            Path mine = folder.resolve(name);
            Path theirs = other.resolve(name);
            if (Files.isRegularFile(mine)
                    && Files.isRegularFile(theirs)
                    && Files.mismatch(mine, theirs) >= 0) {
                throw new UnsupportedModelException(
                        "%s of %s and of %s differ: both models must speak with the same ids and template"
                                .formatted(name, folder, other));
            }
        }
    }

    private static int id(Tokenizer tokenizer, JsonNode roles, String role) {
        JsonNode value = roles.path(role);
        String token = value.isObject() ? value.path("content").asText() : value.asText();
        if (!token.isEmpty() && !value.isNull()) {
            return tokenizer.id(token);
        }
        if (role.equals("bos_token")) {
            return id(tokenizer, roles, "eos_token");
        }
        throw new UnsupportedModelException(
                "tokenizer_config.json names no %s: name one of the special tokens, a pad_token other than the eos_token"
                        .formatted(role));
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
