package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.text.Tokenizer;
import io.thumbwheel.serving.chat.AnswerListener.Piece;
import io.thumbwheel.serving.generation.TopTokens;
import io.thumbwheel.serving.release.Resident;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer in OpenAI's JSON: `chat.completion` whole, `chat.completion.chunk` as a stream. Each
/// carries the release as `system_fingerprint`.
final class ChatWire {
    private final Prompt prompt;
    private final String release;
    private final Tokenizer tokenizer;

    ChatWire(Prompt prompt, Resident release) {
        this.prompt = prompt;
        this.release = release.id();
        this.tokenizer = release.template().tokenizer();
    }

    /// The whole answer.
    ObjectNode completion(CompletionServed served, List<Tokens> tokens) {
        ObjectNode body = head("chat.completion");
        ArrayNode choices = body.putArray("choices");
        for (int index = 0; index < served.choices().size(); index++) {
            Choice choice = served.choices().get(index);
            ObjectNode node = choices.addObject().put("index", index);
            node.putObject("message")
                    .put("role", "assistant")
                    .put("content", choice.text())
                    .putNull("refusal");
            putLogProbs(node, tokens.get(index));
            node.put("finish_reason", reason(choice.finishReason()));
            putTokenIds(node, choice.tokenIds());
        }
        putPromptIds(body);
        body.set("usage", usage(served));
        return body;
    }

    /// The first chunk of a choice: who speaks.
    ObjectNode roleChunk(int choice) {
        ObjectNode body = chunk(choice, null);
        delta(body).put("role", "assistant").put("content", "");
        if (choice == 0) {
            putPromptIds(body);
        }
        return body;
    }

    /// A chunk of text.
    ObjectNode contentChunk(Piece piece) {
        ObjectNode body = chunk(piece.choice(), null);
        delta(body).put("content", piece.text());
        ObjectNode node = (ObjectNode) body.path("choices").path(0);
        putLogProbs(node, piece.tokens());
        putTokenIds(node, piece.tokens().ids());
        return body;
    }

    /// The last chunk of a choice: why it ended.
    ///
    /// @param rest tokens that no piece has told, such as EOS
    ObjectNode finishChunk(int choice, FinishReason reason, Tokens rest) {
        ObjectNode body = chunk(choice, reason);
        ObjectNode node = (ObjectNode) body.path("choices").path(0);
        putLogProbs(node, rest);
        putTokenIds(node, rest.ids());
        return body;
    }

    /// The chunk after all choices: how many tokens.
    ObjectNode usageChunk(CompletionServed served) {
        ObjectNode body = head("chat.completion.chunk");
        body.putArray("choices");
        body.set("usage", usage(served));
        return body;
    }

    private ObjectNode chunk(int choice, @Nullable FinishReason reason) {
        ObjectNode body = head("chat.completion.chunk");
        ObjectNode node = body.putArray("choices").addObject().put("index", choice);
        node.putObject("delta");
        node.putNull("logprobs");
        node.put("finish_reason", reason == null ? null : reason(reason));
        if (prompt.request().delivery().includeUsage()) {
            body.putNull("usage");
        }
        return body;
    }

    private static ObjectNode delta(ObjectNode chunk) {
        return (ObjectNode) chunk.path("choices").path(0).path("delta");
    }

    private ObjectNode head(String object) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", prompt.id().toString())
                .put("object", object)
                .put("created", prompt.created())
                .put("model", prompt.request().model())
                .put("system_fingerprint", release);
    }

    private void putPromptIds(ObjectNode body) {
        if (prompt.request().delivery().tokenIds()) {
            prompt.promptIds().forEach(body.putArray("prompt_token_ids")::add);
        }
    }

    private void putTokenIds(ObjectNode choice, List<Integer> ids) {
        if (prompt.request().delivery().tokenIds()) {
            ids.forEach(choice.putArray("token_ids")::add);
        }
    }

    private void putLogProbs(ObjectNode choice, Tokens tokens) {
        if (!prompt.request().delivery().logProbs()) {
            choice.putNull("logprobs");
            return;
        }
        ArrayNode content = choice.putObject("logprobs").putArray("content");
        for (int place = 0; place < tokens.ids().size(); place++) {
            ObjectNode node = content.addObject();
            putToken(node, tokens.ids().get(place), tokens.logProbs()[place]);
            ArrayNode others = node.putArray("top_logprobs");
            TopTokens top = tokens.top().get(place);
            for (int rank = 0; rank < top.ids().length; rank++) {
                putToken(others.addObject(), top.ids()[rank], top.logProbs()[rank]);
            }
        }
    }

    /// A token by its text, and by its bytes, which alone tell the halves of a character apart; a
    /// special token has neither.
    private void putToken(ObjectNode node, int id, float logProb) {
        byte[] bytes = tokenizer.bytes(id);
        node.put("token", new String(bytes, StandardCharsets.UTF_8)).put("logprob", logProb);
        if (bytes.length == 0) {
            node.putNull("bytes");
            return;
        }
        ArrayNode values = node.putArray("bytes");
        for (byte value : bytes) {
            values.add(Byte.toUnsignedInt(value));
        }
    }

    private static ObjectNode usage(CompletionServed served) {
        int prompt = served.promptIds().size();
        int completion =
                served.choices().stream().mapToInt(choice -> choice.tokenIds().size()).sum();
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }

    private static String reason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED -> "cancelled";
        };
    }
}
