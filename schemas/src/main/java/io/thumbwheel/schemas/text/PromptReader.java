package io.thumbwheel.schemas.text;

import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A chat template read backwards: the messages of a prompt that is known by its ids only.
///
/// What the template writes around messages is found out by rendering conversations of one, two and
/// three; the prompt's text is cut there. What comes out is believed only if the template makes the
/// very ids of it again; where several conversations do, it is the one without a system message, or
/// of more turns. Safe for use by several threads.
public final class PromptReader {
    private static final Message SYSTEM = new Message("system", "s");
    private static final Message USER = new Message("user", "u");
    private static final Message ASSISTANT = new Message("assistant", "a");

    /// An added token among text, so that a message that spells one is not taken for it.
    private static final String TOKEN = "\uE002%d\uE003";

    private final ChatTemplate template;
    private final List<Opening> openings;
    private final @Nullable String toAssistant;
    private final @Nullable String toUser;

    /// How a prompt may begin and end.
    ///
    /// @param start what stands before the first message
    /// @param toUser what stands after the system message; null where there is none
    /// @param end what stands after the last message
    private record Opening(String start, @Nullable String toUser, String end) {}

    private PromptReader(
            ChatTemplate template,
            List<Opening> openings,
            @Nullable String toAssistant,
            @Nullable String toUser) {
        this.template = template;
        this.openings = List.copyOf(openings);
        this.toAssistant = toAssistant;
        this.toUser = toUser;
    }

    /// A reader of the prompts that this template makes.
    public static PromptReader of(ChatTemplate template) {
        List<Opening> openings = new ArrayList<>();
        around(template, USER)
                .ifPresent(texts -> openings.add(new Opening(texts.get(0), null, texts.get(1))));
        around(template, SYSTEM, USER)
                .ifPresent(texts ->
                        openings.add(new Opening(texts.get(0), texts.get(1), texts.get(2))));
        Optional<List<String>> turns = around(template, USER, ASSISTANT, USER);
        return new PromptReader(
                template,
                openings,
                turns.map(texts -> texts.get(1)).orElse(null),
                turns.map(texts -> texts.get(2)).orElse(null));
    }

    /// The messages whose prompt these ids are; empty where no conversation of user and assistant
    /// in turns, with or without a system message first, gives them.
    public Optional<List<Message>> messages(List<Integer> promptIds) {
        String text = spelled(promptIds);
        return openings.stream()
                .flatMap(opening -> cut(text, opening).stream())
                .filter(messages -> template.prompt(messages).equals(promptIds))
                .findFirst();
    }

    private Optional<List<Message>> cut(String text, Opening opening) {
        int from = opening.start.length();
        int end = text.length() - opening.end.length();
        if (from > end || !text.startsWith(opening.start) || !text.endsWith(opening.end)) {
            return Optional.empty();
        }
        List<Message> messages = new ArrayList<>();
        if (opening.toUser != null) {
            int at = text.indexOf(opening.toUser, from);
            if (opening.toUser.isEmpty() || at < 0 || at + opening.toUser.length() > end) {
                return Optional.empty();
            }
            messages.add(new Message(SYSTEM.role(), text.substring(from, at)));
            from = at + opening.toUser.length();
        }
        boolean usersTurn = true;
        while (true) {
            String role = (usersTurn ? USER : ASSISTANT).role();
            String next = usersTurn ? toAssistant : toUser;
            int at = next == null || next.isEmpty() ? -1 : text.indexOf(next, from);
            if (next == null || at < 0 || at + next.length() > end) {
                messages.add(new Message(role, text.substring(from, end)));
                return usersTurn ? Optional.of(messages) : Optional.empty();
            }
            messages.add(new Message(role, text.substring(from, at)));
            from = at + next.length();
            usersTurn = !usersTurn;
        }
    }

    /// What the template writes before, between and after these messages; empty where it refuses
    /// them or does more than putting them in once, in their order.
    private static Optional<List<String>> around(ChatTemplate template, Message... messages) {
        String rendered;
        try {
            rendered = template.render(List.of(messages), true);
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
        Pattern added = template.tokenizer().added().pattern();
        String marked =
                added == null
                        ? rendered
                        : added.matcher(rendered)
                                .replaceAll(token ->
                                        TOKEN.formatted(template.tokenizer().id(token.group())));
        List<String> texts = new ArrayList<>();
        Matcher mark = ChatTemplate.MARK.matcher(marked);
        int from = 0;
        while (mark.find()) {
            if (Integer.parseInt(mark.group(1)) != texts.size()) {
                return Optional.empty();
            }
            texts.add(marked.substring(from, mark.start()));
            from = mark.end();
        }
        texts.add(marked.substring(from));
        return texts.size() == messages.length + 1 ? Optional.of(texts) : Optional.empty();
    }

    private String spelled(List<Integer> ids) {
        Tokenizer tokenizer = template.tokenizer();
        StringBuilder text = new StringBuilder();
        List<Integer> plain = new ArrayList<>();
        for (int id : ids) {
            if (tokenizer.added().has(id)) {
                text.append(tokenizer.decode(plain)).append(TOKEN.formatted(id));
                plain.clear();
            } else {
                plain.add(id);
            }
        }
        return text.append(tokenizer.decode(plain)).toString();
    }
}
