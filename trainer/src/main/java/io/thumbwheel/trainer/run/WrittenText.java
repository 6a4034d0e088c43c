package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Opinions about text that no model of the platform wrote, corrections and imports, as ids: the
/// prompt by the reference policy's chat template, an answer as it would be sampled after it, with
/// EOS. What the platform's models wrote keeps the ids that they sampled.
///
/// What does not fit into the policy's context is left out. Demonstrations stay as they are: no
/// refresh learns from a few of them yet.
final class WrittenText {
    private static final Logger LOG = Logger.getLogger(WrittenText.class);

    private final ChatTemplate template;
    private final int context;

    /// @param context most tokens of prompt and answer
    WrittenText(ChatTemplate template, int context) {
        this.template = template;
        this.context = context;
    }

    /// @param reference Hugging Face folder of the reference policy
    static WrittenText of(Path reference) throws IOException {
        return new WrittenText(ChatTemplate.load(reference), ModelConfig.read(reference).context());
    }

    /// The examples, in their order, with ids wherever a refresh needs them.
    List<Example> asIds(List<Example> examples) {
        List<Example> read = new ArrayList<>();
        int leftOut = 0;
        for (Example example : examples) {
            Optional<Example> ids = asIds(example);
            ids.ifPresent(read::add);
            leftOut += ids.isEmpty() ? 1 : 0;
        }
        if (leftOut > 0) {
            LOG.infof(
                    "%d of %d examples are left out: text that people wrote or that was imported does not fit into the context of %d tokens, or its turns are out of order",
                    leftOut, examples.size(), context);
        }
        return read;
    }

    private Optional<Example> asIds(Example example) {
        return switch (example) {
            case Example.Preference it when isWritten(it, it.a()) || isWritten(it, it.b()) ->
                    promptOf(it, it.promptIds()).flatMap(prompt -> preference(it, prompt));
            case Example.Rated it when isWritten(it, it.response()) ->
                    promptOf(it, it.promptIds()).flatMap(prompt -> rated(it, prompt));
            case Example.Preference _,
                    Example.Rated _,
                    Example.Demonstration _,
                    Example.Critique _,
                    Example.Withdrawn _ ->
                    Optional.of(example);
        };
    }

    private static boolean isWritten(Example example, Response response) {
        return !example.promptMessages().isEmpty() || response.tokenIds() == null;
    }

    private Optional<List<Integer>> promptOf(Example example, List<Integer> promptIds) {
        List<Message> messages = example.promptMessages();
        try {
            return Optional.of(messages.isEmpty() ? promptIds : template.prompt(messages));
        } catch (IllegalArgumentException _) {
            // The template has no place for these turns.
            return Optional.empty();
        }
    }

    private Optional<Example> preference(Example.Preference it, List<Integer> prompt) {
        Response a = asIds(it.a());
        Response b = asIds(it.b());
        return fits(prompt, a) && fits(prompt, b)
                ? Optional.of(
                        new Example.Preference(
                                it.id(),
                                prompt,
                                a,
                                b,
                                it.outcome(),
                                it.margin(),
                                it.provenance(),
                                it.promptMessages()))
                : Optional.empty();
    }

    private Optional<Example> rated(Example.Rated it, List<Integer> prompt) {
        Response response = asIds(it.response());
        return fits(prompt, response)
                ? Optional.of(
                        new Example.Rated(
                                it.id(),
                                prompt,
                                response,
                                it.score(),
                                it.provenance(),
                                it.promptMessages()))
                : Optional.empty();
    }

    private Response asIds(Response response) {
        if (response.tokenIds() != null) {
            return response;
        }
        List<Integer> ids = new ArrayList<>(template.tokenizer().encode(response.text().strip()));
        ids.add(template.eos());
        return new Response(response.text(), ids, response.release());
    }

    private boolean fits(List<Integer> prompt, Response response) {
        List<Integer> ids = response.tokenIds();
        return ids != null && prompt.size() + ids.size() <= context;
    }
}
