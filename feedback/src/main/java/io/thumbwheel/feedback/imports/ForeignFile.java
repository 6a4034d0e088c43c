package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// A file of opinions: lines of JSON, one list of JSON objects, or one object whose fields are
/// rows; gzipped where its name ends in `.gz`.
public final class ForeignFile {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /// Of rows with others behind them.
    private static final JsonMapper STREAM = JsonMapper.builder().build();

    private final Path file;
    private final String unnamed;
    private long bytesRead;

    /// @param unnamed what people are called whom rows do not name
    public ForeignFile(Path file, String unnamed) {
        this.file = file;
        this.unnamed = unnamed;
    }

    /// Gets what a file says, in order.
    public interface Visitor {
        /// One opinion, in the form of `POST /v1/feedback`.
        ///
        /// @param place `file:line`
        void line(String place, ObjectNode line) throws IOException;

        /// A row that says nothing that can be taken.
        void bad(String place, RowProblem problem, String detail);
    }

    /// How much of the file has been read, 0 to 1.
    public double progress() throws IOException {
        return Math.min(1, bytesRead / Math.max(1.0, Files.size(file)));
    }

    /// Hands on all of it.
    ///
    /// @throws IOException where the file cannot be read to its end
    public void forEach(Visitor visitor) throws IOException {
        try (BufferedInputStream in = new BufferedInputStream(open(), 1 << 16)) {
            in.mark(1 << 16);
            int first = in.read();
            while (Character.isWhitespace(first)) {
                first = in.read();
            }
            in.reset();
            if (first == '[') {
                list(in, visitor);
            } else {
                lines(in, visitor);
            }
        }
    }

    private InputStream open() throws IOException {
        InputStream counted =
                new FilterInputStream(Files.newInputStream(file)) {
                    @Override
                    public int read() throws IOException {
                        int read = super.read();
                        bytesRead += read < 0 ? 0 : 1;
                        return read;
                    }

                    @Override
                    public int read(byte[] bytes, int from, int length) throws IOException {
                        int read = super.read(bytes, from, length);
                        bytesRead += Math.max(0, read);
                        return read;
                    }
                };
        try {
            return file.getFileName().toString().endsWith(".gz")
                    ? new GZIPInputStream(counted, 1 << 16)
                    : counted;
        } catch (IOException e) {
            counted.close();
            throw e;
        }
    }

    private void lines(InputStream in, Visitor visitor) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        int number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (number == 1 && isOpen(line)) {
                whole(line, reader, visitor);
                return;
            }
            if (!line.isBlank()) {
                row(number, line, visitor);
            }
        }
    }

    /// Whether a first line begins an object that other lines end.
    private static boolean isOpen(String line) {
        return line.strip().equals("{");
    }

    private void row(int number, String line, Visitor visitor) throws IOException {
        try {
            take(number, MAPPER.readTree(line), visitor);
        } catch (JsonProcessingException e) {
            visitor.bad(
                    place(number),
                    RowProblem.NOT_JSON,
                    e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }

    private void list(InputStream in, Visitor visitor) throws IOException {
        try (JsonParser parser = STREAM.createParser(in)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                int number = parser.currentTokenLocation().getLineNr();
                JsonNode row = parser.readValueAsTree();
                take(number, row, visitor);
            }
        } catch (JsonProcessingException e) {
            visitor.bad(
                    place(e.getLocation() == null ? 0 : e.getLocation().getLineNr()),
                    RowProblem.NOT_JSON,
                    "the rest of the file: " + e.getOriginalMessage());
        }
    }

    /// One object: a row itself where its fields say so, or rows by name.
    private void whole(String first, BufferedReader rest, Visitor visitor) throws IOException {
        StringBuilder text = new StringBuilder(first);
        rest.lines().forEach(line -> text.append('\n').append(line));
        try (JsonParser parser = STREAM.createParser(text.toString())) {
            JsonNode tree = MAPPER.readTree(text.toString());
            boolean named =
                    tree.properties().stream().allMatch(field -> field.getValue().isObject());
            if (!named) {
                take(1, tree, visitor);
                return;
            }
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                int number = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                JsonNode row = parser.readValueAsTree();
                take(number, row, visitor);
            }
        } catch (JsonProcessingException e) {
            visitor.bad(place(1), RowProblem.NOT_JSON, e.getOriginalMessage());
        }
    }

    private void take(int number, JsonNode row, Visitor visitor) throws IOException {
        List<ObjectNode> lines;
        try {
            lines = ForeignRow.lines(row, unnamed);
        } catch (BadRowException e) {
            visitor.bad(place(number), e.problem(), String.valueOf(e.getMessage()));
            return;
        }
        for (ObjectNode line : lines) {
            visitor.line(place(number), line);
        }
    }

    private String place(int line) {
        return file + ":" + line;
    }
}
