package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.serving.chat.AnswerListener.Ended;
import io.thumbwheel.serving.chat.AnswerListener.Piece;
import io.thumbwheel.serving.generation.TopTokens;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A chat answer: `chat.completion` whole, `chat.completion.chunk` as a stream.
final class ChatWire implements Wire {
    private static final String CHUNK = "chat.completion.chunk";

    private final Envelope envelope;

    ChatWire(Envelope envelope) {
        this.envelope = envelope;
    }

    @Override
    public ObjectNode whole(Ended end) {
        CompletionServed served = end.served();
        ObjectNode body = envelope.head("chat.completion");
        ArrayNode choices = body.putArray("choices");
        for (int index = 0; index < served.choices().size(); index++) {
            Choice choice = served.choices().get(index);
            ObjectNode node = choices.addObject().put("index", index);
            node.putObject("message")
                    .put("role", "assistant")
                    .put("content", choice.text())
                    .putNull("refusal");
            putTokens(node, end.tokens().get(index));
            node.put("finish_reason", Envelope.reason(choice.finishReason()));
        }
        envelope.putPromptIds(body);
        body.set("usage", envelope.usage(end));
        envelope.putRecalled(body);
        envelope.putKept(body, end.kept());
        return body;
    }

    /// Who speaks, for each choice.
    @Override
    public List<ObjectNode> opening() {
        List<ObjectNode> chunks = new ArrayList<>();
        for (int choice = 0; choice < envelope.request().choices(); choice++) {
            ObjectNode body = envelope.chunk(CHUNK, choice, null);
            Envelope.choiceOf(body).putObject("delta").put("role", "assistant").put("content", "");
            if (choice == 0) {
                envelope.putPromptIds(body);
                envelope.putRecalled(body);
            }
            chunks.add(body);
        }
        return chunks;
    }

    @Override
    public ObjectNode content(Piece piece) {
        ObjectNode body = envelope.chunk(CHUNK, piece.choice(), null);
        ObjectNode choice = Envelope.choiceOf(body);
        choice.putObject("delta").put("content", piece.text());
        putTokens(choice, piece.tokens());
        return body;
    }

    @Override
    public ObjectNode finish(int choice, Ended end, Tokens rest) {
        ObjectNode body = envelope.finish(CHUNK, choice, end);
        ObjectNode node = Envelope.choiceOf(body);
        node.putObject("delta");
        putTokens(node, rest);
        if (choice == end.served().choices().size() - 1) {
            envelope.putKept(body, end.kept());
        }
        return body;
    }

    @Override
    public ObjectNode usage(Ended end) {
        return envelope.usageChunk(CHUNK, end);
    }

    private void putTokens(ObjectNode choice, Tokens tokens) {
        envelope.putTokenIds(choice, tokens.ids());
        if (!envelope.request().delivery().logProbs()) {
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
        byte[] bytes = envelope.bytes(id);
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
}
