package io.thumbwheel.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {

    @ParameterizedTest
    @CsvSource({"--rounds=3, true", "--larger, true", "--no-larger, false"})
    void theLargerShapeIsLeftOutWhereAsked(String option, boolean larger) {
        BenchCommand command = new BenchCommand();

        new CommandLine(command).parseArgs(option);

        assertThat(command.larger).isEqualTo(larger);
    }
}
