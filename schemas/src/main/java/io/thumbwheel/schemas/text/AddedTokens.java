package io.thumbwheel.schemas.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The `added_tokens` of a tokenizer.json: whole texts that a template turns into one id each.
final class AddedTokens {
    private final Map<String, Integer> ids;
    private final Set<Integer> special;
    private final @Nullable Pattern pattern;

    private AddedTokens(Map<String, Integer> ids, Set<Integer> special) {
        this.ids = Map.copyOf(ids);
        this.special = Set.copyOf(special);
        this.pattern =
                ids.isEmpty()
                        ? null
                        : Pattern.compile(
                                ids.keySet().stream()
                                        .sorted(
                                                Comparator.comparingInt(String::length)
                                                        .reversed()
                                                        .thenComparing(Comparator.naturalOrder()))
                                        .map(Pattern::quote)
                                        .collect(Collectors.joining("|")));
    }

    static AddedTokens of(JsonNode list) {
        var ids = new HashMap<String, Integer>();
        var special = new java.util.HashSet<Integer>();
        for (JsonNode token : list) {
            String content = token.path("content").asText();
            for (String flag : new String[] {"single_word", "lstrip", "rstrip"}) {
                if (token.path(flag).asBoolean(false)) {
                    throw new UnsupportedTokenizerException(
                            "tokenizer.json: added token '%s' with %s is not supported"
                                    .formatted(content, flag));
                }
            }
            if (content.isEmpty()) {
                throw new UnsupportedTokenizerException(
                        "tokenizer.json: an added token has no content");
            }
            ids.put(content, token.path("id").asInt());
            if (token.path("special").asBoolean(false)) {
                special.add(token.path("id").asInt());
            }
        }
        return new AddedTokens(ids, special);
    }

    int highestId() {
        return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    }

    boolean has(int id) {
        return ids.containsValue(id);
    }

    /// The text that each added token says when it is decoded: nothing for a special one.
    Map<Integer, String> texts() {
        var texts = new TreeMap<Integer, String>();
        ids.forEach((text, id) -> texts.put(id, special.contains(id) ? "" : text));
        return texts;
    }

    /// Matches every added token, the longest first; null where there is none.
    @Nullable Pattern pattern() {
        return pattern;
    }

    int id(String content) {
        Integer id = ids.get(content);
        if (id == null) {
            throw new UnsupportedTokenizerException(
                    "the tokenizer has no added token '%s'; it has %s"
                            .formatted(content, new java.util.TreeSet<>(ids.keySet())));
        }
        return id;
    }
}
