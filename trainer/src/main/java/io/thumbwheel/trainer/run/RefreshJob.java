package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.ppo.Gold;
import io.thumbwheel.trainer.ppo.Outcome;
import io.thumbwheel.trainer.ppo.ProgressListener;
import io.thumbwheel.trainer.ppo.RefreshInput;
import io.thumbwheel.trainer.store.Lineage;
import io.thumbwheel.trainer.store.Publisher;
import io.thumbwheel.trainer.store.ReleaseMaker;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One refresh from its pinned data to a decision. Each part finds out what an earlier attempt has
/// done: the learner by its checkpoints, the store by the run id in a manifest, the decision by
/// reading the topic. So it can be killed anywhere and called again.
public final class RefreshJob {
    /// Validation prompts that the graph is measured on, beside the reference's own.
    private static final int PARITY_PROMPTS = 8;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RunData runData;
    private final Learner learner;
    private final ReleaseStore store;
    private final ReleaseMaker maker;
    private final Publisher publisher;

    public RefreshJob(
            RunData runData,
            Learner learner,
            ReleaseStore store,
            ReleaseMaker maker,
            Publisher publisher) {
        this.runData = runData;
        this.learner = learner;
        this.store = store;
        this.maker = maker;
        this.publisher = publisher;
    }

    /// Runs, or goes on.
    ///
    /// @param work the learner's checkpoints
    /// @throws RunStoppedException where `progress` throws it
    RunRecord.Ending execute(RunSpec spec, Path work, ProgressListener progress)
            throws IOException {
        // 1. What an earlier attempt published needs no learning.
        Optional<ReleaseManifest> published = store.ofRun(spec.run());
        if (published.isPresent()) {
            return decide(spec, published.get(), progress);
        }

        // 2. The same data as at the first attempt, to the byte.
        DatasetSnapshot data = runData.snapshot(spec);
        if (!data.hash().equals(spec.datasetHash())) {
            return RunRecord.Ending.failed(
                    "the dataset at %s had hash %s and now has %s: the log or dataset.duckdb was replaced; start a new refresh"
                            .formatted(spec.until(), spec.datasetHash(), data.hash()));
        }

        // 3. Reward model, judge, PPO, gate.
        RefreshInput input = runData.inputOf(spec, data, work, progress);
        Outcome outcome = learner.learn(input, spec.config(), work, progress);

        // 4. A candidate becomes a release, and the release the primary.
        return switch (outcome) {
            case Outcome.Refused refused ->
                    RunRecord.Ending.refused(refused.reason(), refused.scores());
            case Outcome.Candidate candidate ->
                    publish(spec, data, input.gold(), work, candidate, progress);
        };
    }

    private RunRecord.Ending publish(
            RunSpec spec,
            DatasetSnapshot data,
            Gold gold,
            Path work,
            Outcome.Candidate candidate,
            ProgressListener progress)
            throws IOException {
        progress.progress("export", 1, 2, Map.of(), "");
        runData.keep(spec, candidate.coach());
        SortedMap<String, String> lineage =
                lineageOf(spec, candidate, runData.withdrawalsSince(spec, data), gold);
        lineage.put(Lineage.TOKENIZER, ChatTemplate.load(store.folder(spec.reference())).digest());
        TruthFile.digest(work).ifPresent(digest -> lineage.put(Lineage.KNOWN_ANSWERS, digest));
        ReleaseMaker.Result result =
                maker.make(
                        candidate.huggingFaceFolder(),
                        store.folder(spec.serving()),
                        parityPrompts(spec, data),
                        new ReleaseMaker.Origin(
                                spec.serving(),
                                lineage,
                                candidate.scores(),
                                candidate.klToReference()));
        return switch (result) {
            case ReleaseMaker.Result.Refused refused ->
                    RunRecord.Ending.refused(refused.reason(), candidate.scores());
            case ReleaseMaker.Result.Published made -> decide(spec, made.release(), progress);
        };
    }

    private List<List<Integer>> parityPrompts(RunSpec spec, DatasetSnapshot data)
            throws IOException {
        List<List<Integer>> prompts = new ArrayList<>();
        store.find(spec.reference())
                .map(ReleaseManifest::selfTest)
                .orElse(List.of())
                .forEach(test -> prompts.add(test.promptIds()));
        data.prompts().stream()
                .filter(prompt -> prompt.split() == Split.VALIDATION)
                .limit(PARITY_PROMPTS)
                .map(PromptSeen::promptIds)
                .forEach(prompts::add);
        return prompts;
    }

    private static SortedMap<String, String> lineageOf(
            RunSpec spec, Outcome.Candidate candidate, Withdrawals withdrawals, Gold gold)
            throws IOException {
        SortedMap<String, String> lineage = new TreeMap<>();
        lineage.put(Lineage.RUN, spec.run());
        lineage.put(Lineage.DATASET, spec.datasetHash());
        lineage.put(Lineage.OFFSETS, spec.until().toString());
        lineage.put(Lineage.WITHDRAWN_EXAMPLES, String.valueOf(withdrawals.examples()));
        lineage.put(Lineage.WITHDRAWN_PEOPLE, String.valueOf(withdrawals.people()));
        if (!gold.ids().isEmpty()) {
            lineage.put(Lineage.GOLD, gold.digest());
            gold.earlier().ifPresent(coach -> lineage.put(Lineage.GOLD_AGAINST, coach.release()));
        }
        lineage.put(Lineage.CONFIG, JSON.writeValueAsString(spec.config()));
        lineage.put(Lineage.SEED, String.valueOf(spec.seed()));
        lineage.put(Lineage.ORDINAL, String.valueOf(spec.ordinal()));
        lineage.put(Lineage.REFERENCE, spec.reference());
        lineage.put(Lineage.KL_COEFFICIENT, String.valueOf(candidate.klCoefficient()));
        lineage.put(Lineage.ANCHORS, candidate.anchorDigest());
        lineage.put(Lineage.CODE, CodeVersion.current());
        return lineage;
    }

    private RunRecord.Ending decide(
            RunSpec spec, ReleaseManifest release, ProgressListener progress) throws IOException {
        progress.progress("export", 2, 2, Map.of(), "published " + release.id());
        String id = release.id();
        Publisher.Verdict verdict =
                publisher.promote(
                        id,
                        spec.serving(),
                        "refresh " + spec.run(),
                        "passed the gate against %s and %s"
                                .formatted(spec.reference(), spec.serving()));
        return switch (verdict) {
            case Publisher.Verdict.Decided _ -> {
                runData.promoted(spec);
                yield new RunRecord.Ending(RunRecord.State.PROMOTED, id, null, release.scores());
            }
            case Publisher.Verdict.Pinned(String primary) ->
                    new RunRecord.Ending(
                            RunRecord.State.PUBLISHED,
                            id,
                            "the rollout is pinned to %s: unpin it and promote %s with POST /v1/rollout"
                                    .formatted(primary, id),
                            release.scores());
            case Publisher.Verdict.Moved(String primary) ->
                    new RunRecord.Ending(
                            RunRecord.State.PUBLISHED,
                            id,
                            "the gate compared it with %s, but %s is the primary now: promote %s with POST /v1/rollout if it should be"
                                    .formatted(spec.serving(), primary, id),
                            release.scores());
        };
    }
}
