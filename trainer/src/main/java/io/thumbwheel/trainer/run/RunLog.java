package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import io.thumbwheel.trainer.ppo.SampledPair;
import io.thumbwheel.trainer.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// The runs, each in a folder of its own: `run.json`, replaced whole at every change that matters,
/// `steps.jsonl`, a line for every step, `work`, where the learner keeps its checkpoints while it
/// runs, and `samples.json`, which is what remains of those.
public final class RunLog {
    private static final String FILE = "run.json";
    private static final String WORK = "work";
    private static final Logger LOG = Logger.getLogger(RunLog.class);
    private static final Comparator<RunRecord> BY_AGE =
            Comparator.comparing((RunRecord run) -> run.spec().createdAt())
                    .thenComparing(RunRecord::run);

    private final JsonMapper mapper =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
    private final Map<String, RunRecord> runs = new ConcurrentHashMap<>();
    private final Path root;

    private RunLog(Path root) {
        this.root = root;
    }

    /// Opens the folder, making it where there is none. A run whose record cannot be read is left
    /// alone and out.
    public static RunLog open(Path root) throws IOException {
        Files.createDirectories(root);
        RunLog log = new RunLog(root);
        List<Path> folders;
        try (Stream<Path> all = Files.list(root)) {
            folders = all.filter(folder -> Files.exists(folder.resolve(FILE))).toList();
        }
        for (Path folder : folders) {
            try {
                RunRecord run = log.read(Files.readAllBytes(folder.resolve(FILE)));
                log.runs.put(run.run(), run);
            } catch (IOException e) {
                LOG.warnf("run %s is left out: %s", folder.getFileName(), e.getMessage());
            }
        }
        return log;
    }

    private RunRecord read(byte[] json) throws IOException {
        JsonNode run = mapper.readTree(json);
        if (run.at("/spec/config") instanceof ObjectNode config) {
            complete(config, mapper.valueToTree(RefreshConfig.standard()));
        }
        if (run.path("spec") instanceof ObjectNode spec && !spec.has("trigger")) {
            spec.set("trigger", mapper.valueToTree(Trigger.REQUEST)); // there was no other
        }
        return mapper.treeToValue(run, RunRecord.class);
    }

    /// Settings that an older version did not know get their defaults.
    private static void complete(ObjectNode settings, JsonNode defaults) {
        for (Map.Entry<String, JsonNode> known : defaults.properties()) {
            if (settings.get(known.getKey()) instanceof ObjectNode group) {
                complete(group, known.getValue());
            } else if (!settings.has(known.getKey())) {
                settings.set(known.getKey(), known.getValue());
            }
        }
    }

    /// All runs, oldest first.
    public List<RunRecord> list() {
        return runs.values().stream().sorted(BY_AGE).toList();
    }

    /// The run with this id.
    public Optional<RunRecord> find(String run) {
        return Optional.ofNullable(runs.get(run));
    }

    /// The run that has not ended, if there is one.
    public Optional<RunRecord> unfinished() {
        Collection<RunRecord> all = runs.values();
        return all.stream().filter(run -> run.state() == RunRecord.State.RUNNING).min(BY_AGE);
    }

    /// Notes a change that need not survive the process.
    void note(RunRecord run) {
        runs.put(run.run(), run);
    }

    /// Notes a change for good: on disk when this returns.
    void save(RunRecord run) throws IOException {
        DurableFiles.write(folder(run.run()).resolve(FILE), mapper.writeValueAsBytes(run));
        note(run);
    }

    /// Keeps a step for who looks at the run later.
    void step(String run, StepLog.Step step) {
        stepLog(run).append(step);
    }

    /// The steps of a run, in order.
    public List<StepLog.Step> steps(String run) throws IOException {
        return stepLog(run).read();
    }

    /// Answers to held-out prompts before and after the run; empty where it came to no gate.
    public List<SampledPair> samples(String run) throws IOException {
        for (Path place : List.of(folder(run), folder(run).resolve(WORK))) {
            Path file = place.resolve(SampledPair.FILE);
            if (Files.exists(file)) {
                return SampledPair.read(file);
            }
        }
        return List.of();
    }

    private StepLog stepLog(String run) {
        return new StepLog(folder(run).resolve("steps.jsonl"));
    }

    /// Where the learner keeps its checkpoints.
    Path work(String run) throws IOException {
        return Files.createDirectories(folder(run).resolve(WORK));
    }

    /// Removes the checkpoints of a run that has ended; the samples stay.
    void clean(String run) throws IOException {
        Path work = folder(run).resolve(WORK);
        Path samples = work.resolve(SampledPair.FILE);
        if (Files.exists(samples)) {
            DurableFiles.rename(samples, folder(run).resolve(SampledPair.FILE));
        }
        DurableFiles.deleteFolder(work);
    }

    private Path folder(String run) {
        return root.resolve(run);
    }
}
