package io.thumbwheel.standalone.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.standalone.preference.Preference.Answer;
import io.thumbwheel.standalone.preference.Preference.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CommandPreferenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Answer A = new Answer("one", true);
    private static final Answer B = new Answer("two\n\"quoted\"", false);

    private static Verdict ask(String command, Duration patience) {
        try (var preference = new CommandPreference(command, patience)) {
            return preference.compare("prompt", A, B);
        }
    }

    @Test
    void asksAProgramLineByLine() {
        String program =
                "while read -r line; do case \"$line\" in *two*) echo"
                        + " '{\"pick\":\"b\",\"score_a\":1,\"score_b\":2.5}';; *) echo"
                        + " '{\"pick\":\"tie\",\"score_a\":1,\"score_b\":1}';; esac; done";
        try (var preference = new CommandPreference(program, PATIENCE)) {
            assertThat(preference.compare("p", A, B))
                    .isEqualTo(new Verdict(Preference.Pick.B, 1, 2.5));
            assertThat(preference.compare("p", A, A))
                    .isEqualTo(new Verdict(Preference.Pick.TIE, 1, 1));
            assertThat(preference.score("p", B)).isEqualTo(1);
        }
    }

    @Test
    void aSilentProgramIsNotWaitedForLong() {
        assertThatThrownBy(() -> ask("cat >/dev/null", Duration.ofMillis(200)))
                .isInstanceOf(PreferenceFailedException.class)
                .hasMessageContaining("cat >/dev/null")
                .hasMessageContaining("within 200 ms");
    }

    @Test
    void aProgramThatEndsIsNamed() {
        assertThatThrownBy(() -> ask("exit 3", PATIENCE))
                .isInstanceOf(PreferenceFailedException.class)
                .hasMessageContaining("'exit 3' ended or closed its pipes");
    }

    @Test
    void nonsenseIsShown() {
        assertThatThrownBy(() -> ask("read x; echo hello", PATIENCE))
                .hasMessageContaining("'hello', which is not JSON");
        assertThatThrownBy(() -> ask("read x; echo '{\"pick\":\"c\"}'", PATIENCE))
                .hasMessageContaining("pick must be");
        assertThatThrownBy(() -> ask("read x; echo '{\"pick\":\"a\",\"score_a\":1}'", PATIENCE))
                .hasMessageContaining("score_b must be a number");
    }
}
