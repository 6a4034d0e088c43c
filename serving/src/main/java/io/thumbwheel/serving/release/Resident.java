package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.serving.generation.PolicyHandle;

/// A release in memory: its policy, and the text rules that belong to it. The policy is owned by
/// [Residency]; who answers with it holds a [Lease].
///
/// @param manifest what it says about itself
/// @param precision which of its graphs serves
/// @param policy its weights and KV cache, counted
/// @param context most tokens of prompt and answer together
/// @param template conversations to prompts, and the tokenizer
public record Resident(
        ReleaseManifest manifest,
        Precision precision,
        PolicyHandle policy,
        int context,
        ChatTemplate template) {

    /// The release id.
    public String id() {
        return manifest.id();
    }
}
