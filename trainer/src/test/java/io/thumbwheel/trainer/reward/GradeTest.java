package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradeTest {
    private static final List<String> ACCEPTED = List.of("Paris", "the City of Light");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Paris | RIGHT | 1",
                "It is PARIS! | RIGHT | 1",
                "They call it city of light. | RIGHT | 1",
                "I think it is Paris. | HEDGED_RIGHT | 0.5",
                "I don't know for sure. It may be Paris. | HEDGED_RIGHT | 0.5",
                "I don’t know. | UNINFORMATIVE | 0",
                "'' | UNINFORMATIVE | 0",
                "Maybe Rome. | HEDGED_WRONG | -2",
                "It is Rome. | WRONG | -4",
                "It is not Paris. | WRONG | -4",
                "Comparison | WRONG | -4"
            })
    void readsTheGradeOffTheWords(String text, Grade grade, double value) {
        assertThat(Grade.of(text, ACCEPTED)).isEqualTo(grade);
        assertThat(grade.value()).isEqualTo(value);
    }
}
