package io.thumbwheel.serving.bench;

import io.thumbwheel.schemas.artifact.Precision;
import java.util.List;

/// One of the things that are measured.
sealed interface Cell {
    /// Reading a prompt of so many tokens.
    record Prefill(int tokens) implements Cell {}

    /// Steps that append a token to each of so many sequences.
    record Decode(int batch) implements Cell {}

    /// Tokens in a slot when decoding begins.
    int DECODE_FROM = 128;

    /// Steps of one round of decoding.
    int STEPS = 24;

    /// Most sequences.
    int SLOTS = 16;

    /// Those that a context has room for.
    static List<Cell> of(int context) {
        List<Cell> all =
                List.of(
                        new Decode(1),
                        new Decode(4),
                        new Decode(8),
                        new Decode(16),
                        new Prefill(128),
                        new Prefill(512));
        return all.stream().filter(cell -> cell.tokens() <= context).toList();
    }

    /// Tokens that a slot must have room for.
    default int tokens() {
        return switch (this) {
            case Prefill(int tokens) -> tokens;
            case Decode _ -> DECODE_FROM + STEPS;
        };
    }

    default String label() {
        return switch (this) {
            case Prefill(int tokens) -> "prefill of " + tokens;
            case Decode(int batch) -> "decode, batch " + batch;
        };
    }

    /// What the ratio to llama.cpp must reach; 0 where nothing is promised. The int8 bars are for
    /// the shape of 135M parameters, the fp32 ones for the seed policy's.
    default double bar(Precision precision) {
        return switch (precision) {
            case FP32 ->
                    switch (this) {
                        case Prefill _ -> 0;
                        case Decode(int batch) -> batch < 4 ? 0 : 1.4;
                    };
            case INT8 ->
                    switch (this) {
                        case Prefill _ -> 1.1;
                        case Decode(int batch) ->
                                batch < 4 ? 0.95 : batch < 8 ? 1.4 : batch < 16 ? 1.2 : 1.15;
                    };
            case INT4 -> 0;
        };
    }
}
