package io.thumbwheel.trainer.store;

/// Keys of a manifest's lineage.
public final class Lineage {
    /// The run that made the release.
    public static final String RUN = "run";

    /// SHA-256 over the live examples, sorted by id.
    public static final String DATASET = "dataset";

    /// The offsets that the dataset ends at, `topic/partition=next offset`.
    public static final String OFFSETS = "offsets";

    /// Examples withdrawn since the data of the parent ended, and so not in this release's.
    public static final String WITHDRAWN_EXAMPLES = "withdrawn_examples";

    /// People who gave some of those and none that is left.
    public static final String WITHDRAWN_PEOPLE = "withdrawn_people";

    /// SHA-256 over the ids of the gold comparisons; absent where none were frozen yet. How many of
    /// them are gone is the score `gold/gone`.
    public static final String GOLD = "gold";

    /// The release whose reward model the new one did not lose against on them; absent where none
    /// was kept.
    public static final String GOLD_AGAINST = "gold_against";

    /// SHA-256 of the file of known answers; absent where there was none. What they weigh is
    /// `ppo.shaping.truthWeight` of the configuration.
    public static final String KNOWN_ANSWERS = "known_answers";

    /// The effective configuration, JSON.
    public static final String CONFIG = "config";

    /// Where all of the run's random numbers come from.
    public static final String SEED = "seed";

    /// Which refresh of the store it was, from 1.
    public static final String ORDINAL = "ordinal";

    /// The reference policy's release.
    public static final String REFERENCE = "reference";

    /// Digest of the tokenizer and chat template that texts written by people became ids with.
    public static final String TOKENIZER = "tokenizer";

    /// SHA-256 of the anchor samples that normalised the reward models.
    public static final String ANCHORS = "anchors";

    /// Version of the code, with its revision where the build knows it.
    public static final String CODE = "code";

    /// KL coefficient at the end of the run: the next refresh goes on from it.
    public static final String KL_COEFFICIENT = "kl_coefficient";

    /// Where an import came from: name of the folder and digest of its weights.
    public static final String SOURCE = "source";

    private Lineage() {}
}
