package io.thumbwheel.trainer.export;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.schemas.text.PromptReader;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// The conversations behind prompts, read with the templates of the releases that were asked.
/// Releases that share tokenizer and template share a reader. One thread.
final class Transcripts {
    private static final Logger LOG = Logger.getLogger(Transcripts.class);

    private final ReleaseStore store;
    private final Map<String, String> textOf = new HashMap<>();
    private final Map<String, Optional<PromptReader>> readers = new HashMap<>();

    Transcripts(ReleaseStore store) throws IOException {
        this.store = store;
        for (ReleaseManifest release : store.list()) {
            textOf.put(release.id(), textOf(release));
        }
    }

    /// The messages of a prompt; empty where they cannot be had.
    ///
    /// @param releases that answered it; where there is none, the store's, if all have the same
    ///   tokenizer and template: ids of another tokenizer would read as another text
    Optional<List<Message>> messages(List<Integer> promptIds, List<String> releases) {
        Optional<String> known =
                releases.isEmpty() && new HashSet<>(textOf.values()).size() == 1
                        ? textOf.keySet().stream().findFirst()
                        : releases.stream().filter(textOf::containsKey).findFirst();
        return known.flatMap(this::reader).flatMap(reader -> reader.messages(promptIds));
    }

    private Optional<PromptReader> reader(String release) {
        return readers.computeIfAbsent(
                textOf.getOrDefault(release, release),
                _ -> {
                    try {
                        return Optional.of(
                                PromptReader.of(ChatTemplate.load(store.folder(release))));
                    } catch (UnsupportedTokenizerException e) {
                        LOG.warnf(
                                "prompts to %s are exported raw only: %s", release, e.getMessage());
                        return Optional.empty();
                    }
                });
    }

    private static String textOf(ReleaseManifest release) {
        StringBuilder digests = new StringBuilder();
        for (String file :
                List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
            ReleaseManifest.FileDigest digest = release.files().get(file);
            digests.append(digest == null ? "" : digest.sha256()).append(' ');
        }
        return digests.toString();
    }
}
