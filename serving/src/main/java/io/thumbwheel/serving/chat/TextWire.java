package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.serving.chat.AnswerListener.Ended;
import io.thumbwheel.serving.chat.AnswerListener.Piece;
import io.thumbwheel.serving.generation.TopTokens;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A plain answer: `text_completion`, whole and as a stream, with the older form of log-probs, in
/// which a token that is half of a character is told as `bytes:\xc3`.
final class TextWire implements Wire {
    private static final String OBJECT = "text_completion";

    private final Envelope envelope;
    private final int[] begun; // [choices]: characters that the tokens told so far begin

    TextWire(Envelope envelope) {
        this.envelope = envelope;
        this.begun = new int[envelope.request().choices()];
    }

    @Override
    public ObjectNode whole(Ended end) {
        CompletionServed served = end.served();
        ObjectNode body = envelope.head(OBJECT);
        ArrayNode choices = body.putArray("choices");
        for (int index = 0; index < served.choices().size(); index++) {
            Choice choice = served.choices().get(index);
            ObjectNode node =
                    choices.addObject()
                            .put("index", index)
                            .put("text", choice.text())
                            .put("finish_reason", Envelope.reason(choice.finishReason()));
            putTokens(node, index, end.tokens().get(index));
        }
        envelope.putPromptIds(body);
        body.set("usage", envelope.usage(end));
        return body;
    }

    @Override
    public List<ObjectNode> opening() {
        return List.of();
    }

    @Override
    public ObjectNode content(Piece piece) {
        ObjectNode body = envelope.chunk(OBJECT, piece.choice(), null);
        ObjectNode choice = Envelope.choiceOf(body).put("text", piece.text());
        putTokens(choice, piece.choice(), piece.tokens());
        return body;
    }

    @Override
    public ObjectNode finish(int choice, Ended end, Tokens rest) {
        ObjectNode body = envelope.finish(OBJECT, choice, end);
        ObjectNode node = Envelope.choiceOf(body).put("text", "");
        putTokens(node, choice, rest);
        return body;
    }

    @Override
    public ObjectNode usage(Ended end) {
        return envelope.usageChunk(OBJECT, end);
    }

    private void putTokens(ObjectNode choice, int index, Tokens tokens) {
        envelope.putTokenIds(choice, tokens.ids());
        if (!envelope.request().delivery().logProbs()) {
            choice.putNull("logprobs");
            return;
        }
        ObjectNode logProbs = choice.putObject("logprobs");
        ArrayNode texts = logProbs.putArray("tokens");
        ArrayNode values = logProbs.putArray("token_logprobs");
        ArrayNode tops = logProbs.putArray("top_logprobs");
        ArrayNode offsets = logProbs.putArray("text_offset");
        for (int place = 0; place < tokens.ids().size(); place++) {
            byte[] bytes = envelope.bytes(tokens.ids().get(place));
            texts.add(text(bytes));
            values.add(tokens.logProbs()[place]);
            ObjectNode map = tops.addObject();
            TopTokens top = tokens.top().get(place);
            for (int rank = 0; rank < top.ids().length; rank++) {
                map.put(text(envelope.bytes(top.ids()[rank])), top.logProbs()[rank]);
            }
            map.put(text(bytes), tokens.logProbs()[place]);
            offsets.add(begun[index] - (bytes.length > 0 && !begins(bytes[0]) ? 1 : 0));
            for (byte value : bytes) {
                begun[index] += begins(value) ? 1 : 0;
            }
        }
    }

    /// Whether a byte of UTF-8 is the first of its character.
    private static boolean begins(byte value) {
        return (value & 0xC0) != 0x80;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            StringBuilder text = new StringBuilder("bytes:");
            for (byte value : bytes) {
                text.append("\\x%02x".formatted(value));
            }
            return text.toString();
        }
    }
}
