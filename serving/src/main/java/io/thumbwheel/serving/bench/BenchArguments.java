package io.thumbwheel.serving.bench;

import io.thumbwheel.schemas.artifact.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a benchmark of the engine is asked for.
///
/// @param release folder of a release
/// @param llama folder of libllama, for [EngineBenchmark]; null measures without a peer
/// @param threads of either engine
/// @param rounds of which the median counts
/// @param precision of the graph, and of the peer's weights
/// @param json also gets the rows; null for none
record BenchArguments(
        Path release,
        @Nullable Path llama,
        int threads,
        int rounds,
        Precision precision,
        @Nullable Path json) {
    static final String USAGE =
            "usage: --release DIR [--llama DIR] [--threads N] [--rounds N]"
                    + " [--precision fp32|int8|int4] [--json FILE]";

    /// @throws IllegalArgumentException where something is missing or wrong
    static BenchArguments parse(String... words) {
        Path release = null;
        Path llama = null;
        Path json = null;
        Precision precision = Precision.FP32;
        int threads = Runtime.getRuntime().availableProcessors();
        int rounds = 5;
        for (int i = 0; i < words.length; i += 2) {
            String name = words[i];
            if (i + 1 == words.length) {
                throw new IllegalArgumentException(name + " lacks a value; " + USAGE);
            }
            String value = words[i + 1];
            switch (name) {
                case "--release" -> release = Path.of(value);
                case "--llama" -> llama = Path.of(value);
                case "--json" -> json = Path.of(value);
                case "--threads" -> threads = positive(name, value);
                case "--rounds" -> rounds = positive(name, value);
                case "--precision" -> precision = precision(value);
                default -> throw new IllegalArgumentException("there is no " + name + "; " + USAGE);
            }
        }
        if (release == null) {
            throw new IllegalArgumentException("--release is missing; " + USAGE);
        }
        if (!Files.exists(release.resolve(precision.graph()))) {
            throw new IllegalArgumentException(
                    "%s has no %s: import its checkpoint with `trainer import --quantise %s`"
                            .formatted(
                                    release,
                                    precision.graph(),
                                    precision == Precision.FP32 ? "none" : precision.label()));
        }
        if (llama != null && !Files.isDirectory(llama)) {
            throw new IllegalArgumentException("--llama %s is no folder".formatted(llama));
        }
        return new BenchArguments(release, llama, threads, rounds, precision, json);
    }

    private static int positive(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s must be a number above 0, got '%s'".formatted(name, value));
    }

    private static Precision precision(String value) {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.label().equals(value))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "--precision must be fp32, int8 or int4, got '%s'"
                                        .formatted(value)));
    }
}
