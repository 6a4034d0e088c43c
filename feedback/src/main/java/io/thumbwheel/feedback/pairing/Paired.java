package io.thumbwheel.feedback.pairing;

import io.thumbwheel.schemas.event.Example;
import java.util.List;

/// What an opinion came to.
public sealed interface Paired {

    /// It became examples, one or more.
    record Examples(List<Example> examples) implements Paired {
        public Examples {
            examples = List.copyOf(examples);
        }
    }

    /// It teaches nothing.
    ///
    /// @param reason why, in words
    record Fruitless(String reason) implements Paired {}
}
