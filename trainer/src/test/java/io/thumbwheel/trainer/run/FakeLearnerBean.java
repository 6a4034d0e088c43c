package io.thumbwheel.trainer.run;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// Replaces the learner of the service under test.
final class FakeLearnerBean {

    @Produces
    @Singleton
    Learner learner() {
        return new FakeLearner();
    }
}
