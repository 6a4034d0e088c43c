package io.thumbwheel.trainer.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.trainer.export.ExampleExport;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.ppo.Refresh;
import io.thumbwheel.trainer.store.GraphExport;
import io.thumbwheel.trainer.store.Import;
import io.thumbwheel.trainer.store.OnnxGraphs;
import io.thumbwheel.trainer.store.Publisher;
import io.thumbwheel.trainer.store.Quantising;
import io.thumbwheel.trainer.store.ReleaseMaker;
import io.thumbwheel.trainer.store.ReleaseStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.kafka.clients.producer.Producer;

/// Puts the service together. Nothing below knows the container.
final class Wiring {

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    ApiKeys keys(TrainerConfig config) {
        Path file = config.keys();
        try {
            return ApiKeys.read(file);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the API keys %s cannot be read (%s): set THUMBWHEEL_KEYS to the platform's keys.json"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    @Produces
    @Singleton
    KafkaClients kafka(TrainerConfig config) {
        return new KafkaClients(config.kafka());
    }

    /// One for decisions and progress; closed by [BackgroundWork].
    @Produces
    @Singleton
    Producer<byte[], byte[]> producer(KafkaClients kafka) {
        return kafka.producer();
    }

    @Produces
    @Singleton
    Dataset dataset(TrainerConfig config) throws IOException {
        return Dataset.open(config.state().resolve("dataset.duckdb"));
    }

    @Produces
    @Singleton
    Intake intake(KafkaClients kafka, Dataset dataset) {
        return new Intake(kafka::consumer, dataset);
    }

    @Produces
    @Singleton
    ReleaseStore store(TrainerConfig config, Clock clock) throws IOException {
        return ReleaseStore.open(config.releases(), clock);
    }

    @Produces
    @Singleton
    Publisher publisher(KafkaClients kafka, Producer<byte[], byte[]> producer, Clock clock) {
        return new Publisher(kafka::consumer, producer, clock);
    }

    @Produces
    @Singleton
    ReleaseMaker maker(ReleaseStore store, GraphExport export) {
        return new ReleaseMaker(store, export);
    }

    @Produces
    @Singleton
    ExampleExport exampleExport(TrainerConfig config, ReleaseStore store) throws IOException {
        return new ExampleExport(config.state().resolve("exports"), store);
    }

    @Produces
    @Singleton
    RunLog runs(TrainerConfig config) throws IOException {
        return RunLog.open(config.state().resolve("runs"));
    }

    @Produces
    @Singleton
    RunPlan plan(
            TrainerConfig config,
            Dataset dataset,
            ReleaseStore store,
            Publisher publisher,
            Clock clock) {
        return new RunPlan(dataset, store, publisher, clock, config.attempts());
    }

    @Produces
    @Singleton
    RunData runData(TrainerConfig config, Dataset dataset, ReleaseStore store) throws IOException {
        return new RunData(
                dataset,
                store,
                new GoldSet(config.state().resolve("gold.json")),
                new TruthFile(config.state().resolve(TruthFile.NAME)),
                KeptCoaches.open(config.state().resolve("coaches")));
    }

    @Produces
    @Singleton
    RefreshJob job(
            RunData runData,
            Learner learner,
            ReleaseStore store,
            ReleaseMaker maker,
            Publisher publisher) {
        return new RefreshJob(runData, learner, store, maker, publisher);
    }

    @Produces
    @Singleton
    TrainingThread thread() {
        return new TrainingThread();
    }

    @Produces
    @Singleton
    ProgressJournal journal(Producer<byte[], byte[]> producer, MeterRegistry meters, Clock clock) {
        return new ProgressJournal(producer, meters, clock);
    }

    @Produces
    @Singleton
    Refreshes refreshes(
            RunPlan plan,
            RunLog runs,
            RefreshJob job,
            TrainingThread thread,
            ProgressJournal journal) {
        return new Refreshes(plan, runs, job, thread, journal);
    }

    @Produces
    @Singleton
    RefreshSchedule schedule(
            TrainerConfig config, Dataset dataset, RunLog runs, Refreshes refreshes, Clock clock) {
        RefreshTriggers triggers =
                new RefreshTriggers(config.refresh().afterComparisons(), config.refresh().every());
        return new RefreshSchedule(triggers, dataset, runs, refreshes, clock);
    }

    @Produces
    @Singleton
    @DefaultBean
    Learner learner(TrainerConfig config) {
        ComputeDevice device = ComputeDevice.parse(config.device());
        device.require();
        return (input, refresh, work, progress) ->
                Refresh.run(device, input, refresh, work, progress);
    }

    @Produces
    @Singleton
    @DefaultBean
    GraphExport export(TrainerConfig config) {
        return new OnnxGraphs(Quantising.parse(config.quantise()));
    }

    @Produces
    @Singleton
    Import importer(ReleaseStore store, ReleaseMaker maker) {
        return new Import(store, maker);
    }

    @Produces
    @Singleton
    FirstRelease firstRelease(
            TrainerConfig config,
            ReleaseStore store,
            Import importer,
            Publisher publisher,
            TrainingThread thread) {
        return new FirstRelease(store, importer, publisher, thread, config.policy());
    }

    @Produces
    @Singleton
    BackgroundWork work(
            Dataset dataset,
            Intake intake,
            RefreshSchedule schedule,
            TrainingThread thread,
            Producer<byte[], byte[]> producer) {
        return new BackgroundWork(dataset, intake, schedule, thread, producer);
    }
}
