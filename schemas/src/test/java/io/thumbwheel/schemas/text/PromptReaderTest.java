package io.thumbwheel.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PromptReaderTest {
    /// The seed policy's.
    private static final String TURNS =
            "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}"
                    + "{{ '<|assistant|>' + m['content'] + eos_token }}"
                    + "{% elif m['role'] == 'system' %}{{ 'system:' + m['content'] }}{% else %}"
                    + "{{ '<|user|>' + m['content'] }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    /// As Qwen2.5 has it: a system message of its own where there is none.
    private static final String DEFAULT_SYSTEM =
            "{% if messages[0]['role'] != 'system' %}{{ '<|bos|>system\nBe kind.<|eos|>\n' }}"
                    + "{% endif %}{% for m in messages %}"
                    + "{{ '<|bos|>' + m['role'] + '\n' + m['content'] + '<|eos|>\n' }}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|bos|>assistant\n' }}{% endif %}";

    @TempDir private Path folder = Path.of("");

    @Test
    void everyConversationComesBackAsItWas() throws IOException {
        for (String layout : List.of(TURNS, DEFAULT_SYSTEM)) {
            ChatTemplate template = TinyTokenizer.chat(folder, layout);
            PromptReader reader = PromptReader.of(template);
            for (List<Message> conversation :
                    List.of(
                            of("hello"),
                            of("  spaces \n stay "),
                            of("ein 🦊 und <|assistant|> als Text"),
                            of("one", "two", "three"),
                            of("one", "", "three", "four <|eos|>", "five"),
                            with("You tell stories.", of("hello")),
                            with("Be kinder.", of("one", "two", "three")))) {
                assertThat(reader.messages(template.prompt(conversation)))
                        .as("%s by %s", conversation, layout)
                        .contains(conversation);
            }
        }
    }

    @Test
    void whatNoConversationGivesIsNotGuessed() throws IOException {
        ChatTemplate template = TinyTokenizer.chat(folder, TURNS);
        PromptReader reader = PromptReader.of(template);
        int h = 4 + 'h';
        int e = 4 + 'e';

        // Begins an answer; ends in the middle of a turn; merges that the tokenizer would not
        // leave.
        assertThat(reader.messages(List.of(0, 2, h, 3, e))).isEmpty();
        assertThat(reader.messages(List.of(0, 2, h))).isEmpty();
        assertThat(reader.messages(List.of(0, 2, h, e, 3))).isEmpty();
        assertThat(reader.messages(List.of())).isEmpty();
        assertThat(reader.messages(List.of(0, 2, h, 3))).contains(of("h"));
    }

    @Test
    void aTemplateThatTrimsGivesTheTrimmedMessage() throws IOException {
        ChatTemplate template =
                TinyTokenizer.chat(
                        folder,
                        "{% for m in messages %}{{ '<|user|>' + m['content'] | trim }}{% endfor %}"
                                + "{% if add_generation_prompt %}<|assistant|>{% endif %}");

        assertThat(PromptReader.of(template).messages(template.prompt(of(" hello "))))
                .contains(of("hello"));
    }

    private static List<Message> of(String... turns) {
        List<Message> messages = new ArrayList<>();
        for (String turn : turns) {
            messages.add(new Message(messages.size() % 2 == 0 ? "user" : "assistant", turn));
        }
        return messages;
    }

    private static List<Message> with(String system, List<Message> turns) {
        List<Message> messages = new ArrayList<>(turns);
        messages.addFirst(new Message("system", system));
        return messages;
    }
}
