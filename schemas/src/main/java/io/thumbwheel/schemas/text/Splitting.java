package io.thumbwheel.schemas.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// How a text falls into pieces before pairs are merged: the `pre_tokenizer` of a tokenizer.json.
///
/// Every pattern isolates its matches; what lies between them is a piece too. Understood are
/// `ByteLevel`, `Split` by a regular expression (isolated) and `Digits`, alone or in a `Sequence`.
final class Splitting {
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private final List<Pattern> patterns;

    private Splitting(List<Pattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /// GPT-2's own splitting, which `ByteLevel` means.
    static Splitting gpt2() {
        return new Splitting(List.of(pattern(GPT2)));
    }

    static Splitting of(JsonNode preTokenizer) {
        var patterns = new ArrayList<Pattern>();
        boolean byteLevel = collect(preTokenizer, patterns);
        if (!byteLevel) {
            throw new UnsupportedTokenizerException(
                    "pre_tokenizer %s has no ByteLevel part: only byte-level BPE is supported"
                            .formatted(preTokenizer.path("type").asText("null")));
        }
        return new Splitting(patterns);
    }

    private static boolean collect(JsonNode node, List<Pattern> patterns) {
        String type = node.path("type").asText("null");
        return switch (type) {
            case "Sequence" -> {
                boolean byteLevel = false;
                for (JsonNode part : node.path("pretokenizers")) {
                    byteLevel |= collect(part, patterns);
                }
                yield byteLevel;
            }
            case "ByteLevel" -> {
                refuse(node.path("add_prefix_space").asBoolean(false), "add_prefix_space true");
                if (node.path("use_regex").asBoolean(true)) {
                    patterns.add(pattern(GPT2));
                }
                yield true;
            }
            case "Split" -> {
                String behavior = node.path("behavior").asText();
                refuse(!behavior.equals("Isolated"), "Split behavior " + behavior);
                refuse(node.path("invert").asBoolean(false), "Split with invert");
                JsonNode expression = node.path("pattern");
                patterns.add(
                        expression.has("Regex")
                                ? pattern(expression.get("Regex").asText())
                                : pattern(Pattern.quote(expression.path("String").asText())));
                yield false;
            }
            case "Digits" -> {
                boolean individual = node.path("individual_digits").asBoolean(false);
                patterns.add(pattern(individual ? "\\p{N}" : "\\p{N}+"));
                yield false;
            }
            default ->
                    throw new UnsupportedTokenizerException(
                            ("pre_tokenizer %s is not supported: use ByteLevel, Split, Digits or a "
                                            + "Sequence of these")
                                    .formatted(type));
        };
    }

    private static void refuse(boolean found, String what) {
        if (found) {
            throw new UnsupportedTokenizerException(
                    "pre_tokenizer: %s is not supported".formatted(what));
        }
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS);
        } catch (PatternSyntaxException e) {
            throw new UnsupportedTokenizerException(
                    "pre_tokenizer: the expression '%s' cannot be read".formatted(expression), e);
        }
    }

    List<String> pieces(String text) {
        List<String> pieces = List.of(text);
        for (Pattern pattern : patterns) {
            var finer = new ArrayList<String>();
            for (String piece : pieces) {
                isolate(pattern, piece, finer);
            }
            pieces = finer;
        }
        return pieces;
    }

    private static void isolate(Pattern pattern, String text, List<String> into) {
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                into.add(text.substring(end, matcher.start()));
            }
            if (matcher.end() > matcher.start()) {
                into.add(matcher.group());
            }
            end = matcher.end();
        }
        if (end < text.length()) {
            into.add(text.substring(end));
        }
    }
}
