package io.thumbwheel.schemas.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import io.thumbwheel.schemas.event.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A checkpoint's own chat template: messages to token ids, the same in training and serving.
///
/// The template (`chat_template` of `tokenizer_config.json`, or the file `chat_template.jinja`) is
/// rendered with a mark in place of every message's text. Special tokens are recognised in what the
/// template wrote, never in a message; then each stretch between special tokens, with the messages
/// put in for their marks, is encoded as plain text. So a message that spells `<|assistant|>` stays
/// a message. Safe for use by several threads.
public final class ChatTemplate {
    private static final int MAX_TEMPLATE = 100_000;
    private static final int MAX_OUTPUT = 1_000_000;
    private static final int REMEMBERED = 1000;
    private static final int LONGEST_REMEMBERED = 10_000;

    /// Stands for the text of the message with this number.
    static final Pattern MARK = Pattern.compile("\uE000(\\d+)\uE001");

    private final Tokenizer tokenizer;
    private final String template;
    private final Map<String, String> specials;
    private final String digest;
    private final Jinjava jinja;
    private final Map<Layout, String> rendered = new ConcurrentHashMap<>();

    private ChatTemplate(
            Tokenizer tokenizer, String template, Map<String, String> specials, String digest) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.specials = Map.copyOf(specials);
        this.digest = digest;
        this.jinja = jinja();
        if (template.length() > MAX_TEMPLATE || MARK.matcher(template).find()) {
            throw new UnsupportedTokenizerException(
                    "the chat template has %d characters (at most %d) or uses the private marks U+E000, U+E001"
                            .formatted(template.length(), MAX_TEMPLATE));
        }
    }

    /// Reads `tokenizer.json` and `tokenizer_config.json` of a checkpoint.
    ///
    /// @throws UnsupportedTokenizerException where a file is missing, broken or of an unsupported
    ///   kind, or where the template does not render a conversation of two messages
    public static ChatTemplate load(Path folder) {
        Path tokenizerJson = folder.resolve("tokenizer.json");
        Path configJson = folder.resolve("tokenizer_config.json");
        try {
            JsonNode config = new ObjectMapper().readTree(Files.readAllBytes(configJson));
            Path separate = folder.resolve("chat_template.jinja");
            String template =
                    Files.exists(separate)
                            ? Files.readString(separate)
                            : config.path("chat_template").asText("");
            if (template.isEmpty()) {
                throw new UnsupportedTokenizerException(
                        "%s has no chat_template (one text) and there is no %s: a chat model has one"
                                .formatted(configJson, separate.getFileName()));
            }
            var chat =
                    new ChatTemplate(
                            Tokenizer.load(tokenizerJson),
                            template,
                            specials(config),
                            digest(Files.readAllBytes(tokenizerJson), template));
            chat.eos();
            chat.conversation(List.of(new Message("user", "a"), new Message("assistant", "b")));
            return chat;
        } catch (IllegalArgumentException e) {
            throw new UnsupportedTokenizerException(
                    "the chat template of %s fails: %s".formatted(folder, e.getMessage()), e);
        } catch (IOException e) {
            throw new UnsupportedTokenizerException(
                    "cannot read tokenizer files in %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static Map<String, String> specials(JsonNode config) {
        var specials = new HashMap<String, String>();
        for (String name : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
            JsonNode token = config.path(name);
            String content = token.isObject() ? token.path("content").asText() : token.asText("");
            if (!content.isEmpty() && !token.isNull()) {
                specials.put(name, content);
            }
        }
        return specials;
    }

    private static String digest(byte[] tokenizerJson, String template) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(tokenizerJson);
            sha256.update((byte) 0);
            sha256.update(template.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Jinjava jinja() {
        LegacyOverrides python =
                LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withAllowAdjacentTextNodes(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .build();
        var jinja =
                new Jinjava(
                        JinjavaConfig.newBuilder()
                                .withTrimBlocks(true)
                                .withLstripBlocks(true)
                                .withNestedInterpretationEnabled(false)
                                .withMaxOutputSize(MAX_OUTPUT)
                                .withMaxStringLength(MAX_OUTPUT)
                                .withMaxListSize(10_000)
                                .withMaxMapSize(10_000)
                                .withRangeLimit(10_000)
                                .withMaxRenderDepth(20)
                                .withMaxMacroRecursionDepth(20)
                                .withElResolver(TemplateObjects.resolver())
                                .withLegacyOverrides(python)
                                .withDisabled(
                                        Map.of(
                                                Library.TAG,
                                                Set.of("include", "import", "from", "extends")))
                                .build());
        jinja.getGlobalContext()
                .registerFunction(
                        new ELFunctionDefinition(
                                "", "raise_exception", ChatTemplate.class, "refuse", String.class));
        return jinja;
    }

    /// All that a template sees of a conversation: roles, and marks for texts. So its output is the
    /// same for the next conversation of as many turns.
    private record Layout(List<Map<String, Object>> messages, boolean generationPrompt) {}

    /// What a template calls to refuse a conversation.
    public static String refuse(String reason) {
        throw new RefusedByTemplate("the template says: " + reason);
    }

    /// The ids of a prompt: the conversation so far and the start of the assistant's turn.
    ///
    /// @throws IllegalArgumentException where the template refuses the messages
    public List<Integer> prompt(List<Message> messages) {
        return encode(messages, true);
    }

    /// The ids of a conversation as it is, for training.
    public List<Integer> conversation(List<Message> messages) {
        return encode(messages, false);
    }

    /// SHA-256 over `tokenizer.json` and the template: equal digests, equal ids.
    public String digest() {
        return digest;
    }

    /// The id that ends an assistant's turn.
    public int eos() {
        String eos = specials.get("eos_token");
        if (eos == null) {
            throw new UnsupportedTokenizerException(
                    "tokenizer_config.json has no eos_token: generation would never end");
        }
        return tokenizer.id(eos);
    }

    /// The tokenizer that the template's ids belong to.
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    private List<Integer> encode(List<Message> messages, boolean generationPrompt) {
        String rendered = render(messages, generationPrompt);
        var ids = new ArrayList<Integer>();
        int end = 0;
        Pattern added = tokenizer.added().pattern();
        if (added != null) {
            Matcher special = added.matcher(rendered);
            while (special.find()) {
                encodeStretch(rendered.substring(end, special.start()), messages, ids);
                ids.add(tokenizer.id(special.group()));
                end = special.end();
            }
        }
        encodeStretch(rendered.substring(end), messages, ids);
        return List.copyOf(ids);
    }

    private void encodeStretch(String stretch, List<Message> messages, List<Integer> ids) {
        if (stretch.isEmpty()) {
            return;
        }
        String text =
                MARK.matcher(stretch)
                        .replaceAll(mark ->
                                Matcher.quoteReplacement(
                                        messages.get(Integer.parseInt(mark.group(1)))
                                                .content()
                                                .strip()));
        ids.addAll(tokenizer.encode(text));
    }

    /// Renders with marks: white space around a text stays around its mark, since templates trim.
    String render(List<Message> messages, boolean generationPrompt) {
        var marked = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < messages.size(); i++) {
            String content = messages.get(i).content();
            String core = content.strip();
            int start = core.isEmpty() ? content.length() : content.indexOf(core);
            String mark =
                    content.substring(0, start)
                            + '\uE000'
                            + i
                            + '\uE001'
                            + content.substring(start + core.length());
            marked.add(Map.of("role", messages.get(i).role(), "content", mark));
        }
        var layout = new Layout(List.copyOf(marked), generationPrompt);
        String known = rendered.get(layout);
        if (known != null) {
            return known;
        }
        String output = render(layout);
        if (rendered.size() < REMEMBERED && layout.toString().length() < LONGEST_REMEMBERED) {
            rendered.put(layout, output);
        }
        return output;
    }

    private String render(Layout layout) {
        var bindings = new HashMap<String, Object>(specials);
        bindings.put("messages", layout.messages);
        bindings.put("add_generation_prompt", layout.generationPrompt);
        RenderResult result = jinja.renderForResult(template, bindings);
        if (!result.getErrors().isEmpty()) {
            throw new IllegalArgumentException(
                    "the chat template cannot render these messages: "
                            + reason(result.getErrors().getFirst()));
        }
        return result.getOutput();
    }

    private static String reason(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedByTemplate) {
                return String.valueOf(cause.getMessage());
            }
        }
        return error.getMessage();
    }

    private static final class RefusedByTemplate extends InterpretException {
        private static final long serialVersionUID = 1L;

        RefusedByTemplate(String message) {
            super(message);
        }
    }
}
