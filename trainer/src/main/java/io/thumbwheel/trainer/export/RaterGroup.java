package io.thumbwheel.trainer.export;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.trainer.reward.PreferenceData;

/// What the trainer does with a rater's opinions.
public enum RaterGroup {
    /// They train the reward model that PPO maximises.
    @JsonProperty("coach")
    COACH,
    /// They train the reward model of the gate.
    @JsonProperty("judge")
    JUDGE,
    /// Validation and test raters: they measure.
    @JsonProperty("held_out")
    HELD_OUT;

    /// The group of an example's rater.
    static RaterGroup of(Example.Provenance provenance) {
        return switch (provenance.split()) {
            case TRAIN -> PreferenceData.coaches(provenance.rater()) ? COACH : JUDGE;
            case VALIDATION, TEST -> HELD_OUT;
        };
    }
}
