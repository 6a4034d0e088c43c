package io.thumbwheel.trainer.pretraining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.formats.BadRowException;
import io.thumbwheel.trainer.formats.Messages;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/// Reads JSON lines, each `{"text": …}` or `{"messages": [{"role", "content"}, …]}`, as ids.
/// Conversations go through the chat template.
public final class Documents {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Vocabulary vocabulary;
    private final boolean answers;

    /// @param answers whether to find out which ids the assistant says; costs two renderings an
    ///   answer
    public Documents(Vocabulary vocabulary, boolean answers) {
        this.vocabulary = vocabulary;
        this.answers = answers;
    }

    /// Hands on every document of the file, in order.
    ///
    /// @throws IOException where the file cannot be read or a line is no document; names the line
    public void forEach(Path file, Consumer<Document> use) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    use.accept(read(file, number, line));
                }
            }
        }
    }

    private Document read(Path file, int number, String line) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException notJson) {
            throw new IOException("line %d of %s is not JSON".formatted(number, file), notJson);
        }
        if (json.path("text").isTextual()) {
            return text(json.path("text").textValue());
        }
        if (json.path("messages").isArray() && !json.path("messages").isEmpty()) {
            try {
                return conversation(Messages.read(json.path("messages")));
            } catch (BadRowException bad) {
                throw new IOException(
                        "line %d of %s: %s, %s"
                                .formatted(number, file, bad.problem().words(), bad.detail()),
                        bad);
            }
        }
        throw new IOException(
                "line %d of %s has neither a 'text' nor 'messages'".formatted(number, file));
    }

    private Document text(String text) {
        List<Integer> said = vocabulary.template().tokenizer().encode(text);
        int[] ids = new int[said.size() + 2];
        ids[0] = vocabulary.bosId();
        for (int i = 0; i < said.size(); i++) {
            ids[i + 1] = said.get(i);
        }
        ids[ids.length - 1] = vocabulary.template().eos();
        BitSet answered = new BitSet();
        answered.set(1, ids.length);
        return new Document(ids, answered, utf8Length(text));
    }

    /// A conversation as ids.
    ///
    /// @throws IllegalArgumentException where the chat template refuses the messages
    public Document conversation(List<Message> messages) {
        BitSet answered = new BitSet();
        for (int i = 0; answers && i < messages.size(); i++) {
            if (messages.get(i).role().equals("assistant")) {
                answered.set(
                        vocabulary.template().prompt(messages.subList(0, i)).size(),
                        vocabulary.template().conversation(messages.subList(0, i + 1)).size());
            }
        }
        int[] ids =
                vocabulary.template().conversation(messages).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
        long bytes = messages.stream().mapToLong(message -> utf8Length(message.content())).sum();
        return new Document(ids, answered, bytes);
    }

    private static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
