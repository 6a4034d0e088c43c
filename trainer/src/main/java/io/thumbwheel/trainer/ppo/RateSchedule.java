package io.thumbwheel.trainer.ppo;

/// How a learning rate falls over a run, after its warm-up; the names are those of transformers'
/// `lr_scheduler_type`.
public enum RateSchedule {
    /// It does not: InstructGPT, arXiv:2203.02155, C.4.
    CONSTANT,

    /// In a straight line to 0: Huang et al., arXiv:2403.17031, detail 21.
    LINEAR,

    /// By half a cosine to 0: Loshchilov and Hutter, arXiv:1608.03983, eq. 5.
    COSINE;

    /// Factor of the rate when a share `done` of the run, 0 to 1, is over.
    double at(double done) {
        return switch (this) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - done;
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * done));
        };
    }
}
