package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterTrust;
import java.util.List;

/// The dataset as of some offsets: what one refresh learns from, whatever arrives meanwhile.
///
/// @param until the offsets
/// @param hash SHA-256 over the bodies of the live examples, sorted by id, one a line
/// @param examples live examples, sorted by id: the newest of each, none withdrawn
/// @param prompts newest of each, sorted by digest
/// @param raters newest of each, sorted by rater
public record DatasetSnapshot(
        Offsets until,
        String hash,
        List<Example> examples,
        List<PromptSeen> prompts,
        List<RaterTrust> raters) {
    public DatasetSnapshot {
        examples = List.copyOf(examples);
        prompts = List.copyOf(prompts);
        raters = List.copyOf(raters);
    }
}
