package io.thumbwheel.feedback.bench;

import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Arm;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.LogProbs;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.event.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Completions of 300 tokens and opinions about them.
final class Samples {
    private static final int PROMPT = 50;
    private static final int TOKENS = 300;
    private static final int RATERS = 500;

    private final SigningKey signing;
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

    Samples(SigningKey signing) {
        this.signing = signing;
    }

    CompletionId id(long conversation) {
        return CompletionId.mint("bench " + conversation, 2, signing);
    }

    /// With two answers, or its half of the tokens each.
    CompletionServed served(CompletionId id) {
        return new CompletionServed(
                id,
                Instant.ofEpochMilli(id.mintedAt()),
                "bench",
                "asker-" + random.nextInt(RATERS),
                true,
                List.of(new Message("user", "tell me a story about " + id.uuid())),
                ids(PROMPT),
                "ab12",
                new Sampling(1, 1, 0, 0, TOKENS, List.of(), 7),
                List.of(choice(), choice()),
                Map.of());
    }

    private Choice choice() {
        float[] logProbs = new float[TOKENS / 2];
        for (int i = 0; i < logProbs.length; i++) {
            logProbs[i] = -random.nextFloat();
        }
        return new Choice(
                "r0-11111111",
                Arm.PRIMARY,
                "once upon a time there was ".repeat(TOKENS / 12),
                ids(TOKENS / 2),
                LogProbs.of(logProbs),
                FinishReason.STOP);
    }

    private List<Integer> ids(int count) {
        return IntStream.range(0, count).mapToObj(_ -> random.nextInt(32_000)).toList();
    }

    /// A thumb of somebody.
    FeedbackGiven thumb(CompletionId about, long number) {
        return new FeedbackGiven(
                "bench-" + number,
                Instant.ofEpochMilli(about.mintedAt()),
                about,
                "rater-" + random.nextInt(RATERS),
                RaterKind.SIMULATED,
                true,
                new Opinion.Thumb(
                        new ChoiceRef(about, random.nextInt(2)),
                        random.nextBoolean(),
                        List.of(),
                        null));
    }

    /// A pick as a client sends it.
    static byte[] pick(CompletionId about, String id) {
        return "{\"id\":\"%s\",\"completion_id\":\"%s\",\"kind\":\"pick\",\"chosen\":1,\"shown\":[1,0],\"consent\":true,\"rater\":{\"id\":\"u%d\"}}"
                .formatted(id, about, Math.floorMod(id.hashCode(), RATERS))
                .getBytes(StandardCharsets.UTF_8);
    }
}
