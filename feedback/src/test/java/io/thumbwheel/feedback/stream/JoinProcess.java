package io.thumbwheel.feedback.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;

/// The join in a process of its own, so that a test can kill it. Ends with its standard input, so
/// that it does not outlive the test.
final class JoinProcess {
    private JoinProcess() {}

    /// Starts it.
    static Process start(String kafka, Path state) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                JoinProcess.class.getName(),
                                kafka,
                                state.toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// @param args bootstrap servers and state folder
    public static void main(String[] args) throws IOException {
        TestingConfig config = new TestingConfig(args[0], Path.of(args[1]));
        StreamLimits limits =
                new StreamLimits(
                        config.completionsKept(),
                        config.feedbackKept(),
                        config.promptsPerUser(),
                        config.commitInterval());
        KafkaStreams streams =
                new KafkaStreams(
                        FeedbackTopology.build(limits, new StreamCounts(new SimpleMeterRegistry())),
                        StreamSettings.of(config));
        streams.start();
        while (System.in.read() >= 0) {
            // Only the end counts.
        }
        Runtime.getRuntime().halt(0);
    }
}
