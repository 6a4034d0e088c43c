package io.thumbwheel.schemas.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Byte-level BPE as Hugging Face's `tokenizer.json` describes it: text to ids and back.
///
/// Any text survives `decode(encode(text))` where the vocabulary has all 256 bytes (and no
/// normalizer changes it). Text never becomes a special token here; that is left to the chat
/// template's own text. Forms that are not supported are refused by name when the file is read.
/// Safe for use by several threads.
public final class Tokenizer {
    private static final int CACHED_PIECES = 1 << 16;
    private static final int CACHED_PIECE_LENGTH = 32;

    private final byte[][] bytes;
    private final Map<String, Integer> wholePieces;
    private final int[] byteIds;
    private final @Nullable Integer unknown;
    private final PairMerging merging;
    private final Splitting splitting;
    private final boolean normalizing;
    private final AddedTokens added;
    private final boolean ignoreMerges;
    private final Map<String, int[]> cache = new ConcurrentHashMap<>();

    private Tokenizer(JsonNode file) {
        JsonNode model = file.path("model");
        requireSupported(file, model);
        Map<String, Integer> vocabulary = new HashMap<>();
        model.path("vocab")
                .properties()
                .forEach(e -> vocabulary.put(e.getKey(), e.getValue().asInt()));
        this.added = AddedTokens.of(file.path("added_tokens"));
        this.splitting = Splitting.of(file.path("pre_tokenizer"));
        this.normalizing = file.path("normalizer").path("type").asText("").equals("NFC");
        this.ignoreMerges = model.path("ignore_merges").asBoolean(false);
        this.wholePieces = ignoreMerges ? Map.copyOf(vocabulary) : Map.of();
        this.bytes = bytesById(vocabulary, added);
        this.byteIds = byteIds(vocabulary);
        this.unknown = vocabulary.get(model.path("unk_token").asText(""));
        this.merging = new PairMerging(merges(model.path("merges"), vocabulary));
    }

    /// Reads a `tokenizer.json`.
    ///
    /// @throws UnsupportedTokenizerException where it is broken or not a byte-level BPE
    public static Tokenizer load(Path tokenizerJson) {
        try {
            return new Tokenizer(new ObjectMapper().readTree(Files.readAllBytes(tokenizerJson)));
        } catch (IOException e) {
            throw new UnsupportedTokenizerException(
                    "cannot read %s: %s".formatted(tokenizerJson, e.getMessage()), e);
        }
    }

    private static void requireSupported(JsonNode file, JsonNode model) {
        refuseUnless(
                model.path("type").asText("BPE").equals("BPE") && model.has("merges"),
                "model type " + model.path("type").asText("unknown") + " (BPE is supported)");
        refuseUnless(
                !model.path("byte_fallback").asBoolean(false), "byte_fallback (not byte-level)");
        refuseUnless(model.path("dropout").asDouble(0) == 0, "BPE dropout");
        for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            refuseUnless(
                    model.path(affix).asText("").isEmpty() || model.path(affix).isNull(), affix);
        }
        JsonNode normalizer = file.path("normalizer");
        refuseUnless(
                normalizer.isNull()
                        || normalizer.isMissingNode()
                        || normalizer.path("type").asText().equals("NFC"),
                "normalizer " + normalizer.path("type").asText() + " (none or NFC is supported)");
    }

    private static void refuseUnless(boolean supported, String what) {
        if (!supported) {
            throw new UnsupportedTokenizerException(
                    "tokenizer.json: %s is not supported".formatted(what));
        }
    }

    private static byte[][] bytesById(Map<String, Integer> vocabulary, AddedTokens added) {
        int size = added.highestId() + 1;
        for (int id : vocabulary.values()) {
            size = Math.max(size, id + 1);
        }
        var bytes = new byte[size][];
        Arrays.fill(bytes, new byte[0]);
        vocabulary.forEach((entry, id) -> {
            if (!added.has(id)) {
                bytes[id] = ByteAlphabet.read(entry);
            }
        });
        added.texts().forEach((id, text) -> bytes[id] = text.getBytes(StandardCharsets.UTF_8));
        return bytes;
    }

    private static int[] byteIds(Map<String, Integer> vocabulary) {
        var ids = new int[256];
        for (int b = 0; b < 256; b++) {
            ids[b] = vocabulary.getOrDefault(String.valueOf(ByteAlphabet.character(b)), -1);
        }
        return ids;
    }

    private static Map<Long, PairMerging.Merge> merges(
            JsonNode list, Map<String, Integer> vocabulary) {
        var merges = new HashMap<Long, PairMerging.Merge>(list.size() * 2);
        int rank = 0;
        for (JsonNode merge : list) {
            String[] pair =
                    merge.isArray()
                            ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
                            : merge.asText().split(" ", 2);
            Integer left = vocabulary.get(pair[0]);
            Integer right = pair.length < 2 ? null : vocabulary.get(pair[1]);
            Integer merged = pair.length < 2 ? null : vocabulary.get(pair[0] + pair[1]);
            if (left == null || right == null || merged == null) {
                throw new UnsupportedTokenizerException(
                        "tokenizer.json: merge %d, %s, is not in the vocabulary"
                                .formatted(rank, merge));
            }
            merges.putIfAbsent(PairMerging.key(left, right), new PairMerging.Merge(rank++, merged));
        }
        return merges;
    }

    /// The ids of a text, in which nothing is a special token.
    public List<Integer> encode(String text) {
        String normal = normalizing ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
        var ids = new ArrayList<Integer>(normal.length() / 3 + 4);
        for (String piece : splitting.pieces(normal)) {
            for (int id : encodePiece(piece)) {
                ids.add(id);
            }
        }
        return ids;
    }

    private int[] encodePiece(String piece) {
        if (piece.length() > CACHED_PIECE_LENGTH) {
            return mergePiece(piece);
        }
        int[] known = cache.get(piece);
        if (known == null) {
            known = mergePiece(piece);
            if (cache.size() < CACHED_PIECES) {
                cache.put(piece, known);
            }
        }
        return known;
    }

    private int[] mergePiece(String piece) {
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        if (ignoreMerges) {
            Integer whole = wholePieces.get(ByteAlphabet.write(utf8));
            if (whole != null) {
                return new int[] {whole};
            }
        }
        int[] symbols = new int[utf8.length];
        int count = 0;
        for (byte b : utf8) {
            int id = byteIds[b & 0xFF];
            if (id >= 0) {
                symbols[count++] = id;
            } else if (unknown != null) {
                symbols[count++] = unknown;
            }
        }
        return merging.apply(Arrays.copyOf(symbols, count));
    }

    /// The text of ids; special tokens say nothing, and a broken UTF-8 sequence becomes U+FFFD.
    public String decode(List<Integer> ids) {
        var text = new ByteArrayOutputStream(ids.size() * 4);
        for (int id : ids) {
            text.writeBytes(bytesOf(id));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /// The bytes that an id adds to a text: none for a special token.
    public byte[] bytes(int id) {
        return bytesOf(id).clone();
    }

    private byte[] bytesOf(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("a token id is not negative, got " + id);
        }
        return id < bytes.length ? bytes[id] : new byte[0];
    }

    /// One more than the highest id.
    public int vocabSize() {
        return bytes.length;
    }

    /// The id of a special token.
    ///
    /// @throws UnsupportedTokenizerException where the tokenizer has no such token
    public int id(String special) {
        return added.id(special);
    }

    /// The tokens that only a template may produce.
    AddedTokens added() {
        return added;
    }
}
