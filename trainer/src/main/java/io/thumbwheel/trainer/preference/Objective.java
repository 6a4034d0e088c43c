package io.thumbwheel.trainer.preference;

/// What a policy can learn from opinions directly. With `ρ(y) = log π(y|x) − log π_ref(y|x)`,
/// summed over the tokens of an answer:
public enum Objective {
    /// Direct preference optimization: `−log σ(β (ρ(chosen) − ρ(rejected)))` (Rafailov et al.,
    /// arXiv:2305.18290, eq. 7); a tie has both orders at half weight.
    DPO,

    /// Kahneman-Tversky optimization, for thumbs: `w (1 − σ(±β (ρ − z)))`, plus for a thumb up
    /// (Ethayarajh et al., arXiv:2402.01306, eq. 7 and 8), where z is the mean of ρ over the
    /// batch's prompts with each other's answers, at least 0 and without gradient, and both kinds
    /// of thumb weigh the same in sum.
    KTO,

    /// Cross-entropy on the chosen answers alone: what the same labels are worth as demonstrations.
    SFT
}
