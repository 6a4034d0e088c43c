package io.thumbwheel.standalone.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.client.Completion;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import io.thumbwheel.standalone.statistics.Quantiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// How long it takes until what a person said is in the trainer's dataset, and so in the next
/// refresh: through feedback, Kafka, the join, Kafka and the trainer.
///
/// @param progress told what is going on
record Visibility(Progress progress) {
    private static final int TIMES = 50;
    private static final int WARM_UP = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    List<Ratio> run(PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        try (BenchPlatform platform = BenchPlatform.start(config, Shape.SEED, 1, progress)) {
            for (int i = 0; i < WARM_UP; i++) {
                seen(platform, i);
            }
            double[] millis = new double[TIMES];
            for (int i = 0; i < TIMES; i++) {
                millis[i] = seen(platform, WARM_UP + i);
            }
            return List.of(
                    Ratio.within(
                            "POST of a pick to the trainer's dataset, median",
                            Quantiles.of(millis, 0.5),
                            1_000,
                            "ms"),
                    Ratio.figure(
                            "POST of a pick to the trainer's dataset, slowest of 50",
                            Quantiles.of(millis, 1),
                            "ms"));
        }
    }

    /// Milliseconds from the POST until the dataset holds one example more.
    private static double seen(BenchPlatform platform, int number)
            throws ApiException, CannotRunException, InterruptedException {
        Completion both =
                platform.api()
                        .chat(
                                new ChatCall(
                                        "Hello",
                                        ChatCall.POLICY,
                                        2,
                                        8,
                                        number,
                                        "person-" + number,
                                        null));
        ObjectNode pick = JsonNodeFactory.instance.objectNode();
        pick.put("kind", "pick").put("id", "pick-" + number).put("consent", true);
        pick.put("completion_id", both.id()).put("chosen", 0).putArray("shown").add(0).add(1);
        pick.putObject("rater").put("id", "person-" + number);
        long before = examples(platform);
        long start = System.nanoTime();
        platform.api().feedback(pick);
        while (examples(platform) == before) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new CannotRunException(
                        "no example in the trainer's dataset %d s after a pick"
                                .formatted(PATIENCE.toSeconds()));
            }
            Thread.sleep(5);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static long examples(BenchPlatform platform) throws ApiException, InterruptedException {
        return platform.api().dataset().path("examples").asLong();
    }
}
