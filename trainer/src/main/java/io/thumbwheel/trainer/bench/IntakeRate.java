package io.thumbwheel.trainer.bench;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.run.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// How fast examples go into the dataset while a training uses all cores: decoded, checked, written
/// with their offsets, a transaction for each poll of a consumer.
final class IntakeRate {
    /// Examples a second that there must be.
    static final int BAR = 5_000;

    private static final int EXAMPLES = 50_000;

    /// What a poll brings at most while the log is read from its beginning.
    private static final int POLLED = 5_000;

    private static final int TOKENS = 32;

    private IntakeRate() {}

    static double perSecond() throws IOException, InterruptedException {
        List<ConsumerRecord<byte[], byte[]>> records = records();
        AtomicBoolean done = new AtomicBoolean();
        try (Scratch scratch = Scratch.make();
                Dataset dataset = Dataset.open(scratch.path().resolve("dataset.duckdb"))) {
            Thread training = Thread.ofPlatform().daemon().start(() -> train(done));
            try {
                append(dataset, records.subList(0, EXAMPLES / 10));
                long start = System.nanoTime();
                append(dataset, records.subList(EXAMPLES / 10, EXAMPLES));
                return 0.9 * EXAMPLES / ((System.nanoTime() - start) / 1e9);
            } finally {
                done.set(true);
                training.join();
            }
        }
    }

    private static void append(Dataset dataset, List<ConsumerRecord<byte[], byte[]>> records) {
        TopicPartition partition = new TopicPartition(Topics.EXAMPLES.topic(), 0);
        for (int from = 0; from < records.size(); from += POLLED) {
            List<ConsumerRecord<byte[], byte[]>> polled =
                    records.subList(from, Math.min(from + POLLED, records.size()));
            dataset.append(polled, Map.of(partition, polled.getLast().offset() + 1));
        }
    }

    private static void train(AtomicBoolean done) {
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama model = Llama.random(manager, TrainerBenchmark.SEED, 1);
                AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.PRETRAINING)) {
            while (!done.get()) {
                MemoryGrowth.train(manager, model, optimizer, 1);
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> records() {
        SplittableRandom random = new SplittableRandom(11);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            Example example =
                    new Example.Preference(
                            "example-" + i,
                            ids(random),
                            new Example.Response("one answer", ids(random), "r0-00000000"),
                            new Example.Response("the other answer", ids(random), "r0-00000000"),
                            Example.Outcome.A,
                            0,
                            new Example.Provenance(
                                    List.of("feedback-" + i),
                                    "rater-" + i % 100,
                                    FeedbackGiven.RaterKind.USER,
                                    Split.TRAIN,
                                    Instant.EPOCH.plusSeconds(i)));
            records.add(
                    new ConsumerRecord<>(
                            Topics.EXAMPLES.topic(),
                            0,
                            i,
                            example.key().getBytes(StandardCharsets.UTF_8),
                            EventCodec.encode(example)));
        }
        return records;
    }

    private static List<Integer> ids(SplittableRandom random) {
        return random.ints(TOKENS, 8, TrainerBenchmark.SEED.vocab()).boxed().toList();
    }
}
