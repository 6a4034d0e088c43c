package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.trainer.ppo.Gold;
import io.thumbwheel.trainer.ppo.ProgressListener;
import io.thumbwheel.trainer.ppo.RefreshInput;
import io.thumbwheel.trainer.reward.PreferenceData;
import io.thumbwheel.trainer.reward.SourcedPair;
import io.thumbwheel.trainer.store.Lineage;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a run learns from and is measured by: its pinned dataset, what is known to be right, the
/// gold set, the reward model before it. The same at every attempt.
public final class RunData {
    private final Dataset dataset;
    private final ReleaseStore store;
    private final GoldSet gold;
    private final TruthFile truths;
    private final KeptCoaches coaches;

    public RunData(
            Dataset dataset,
            ReleaseStore store,
            GoldSet gold,
            TruthFile truths,
            KeptCoaches coaches) {
        this.dataset = dataset;
        this.store = store;
        this.gold = gold;
        this.truths = truths;
        this.coaches = coaches;
    }

    /// The dataset as of the run's offsets.
    DatasetSnapshot snapshot(RunSpec spec) {
        return dataset.snapshot(spec.until());
    }

    /// What the learner gets. Freezes the gold set where that is due.
    ///
    /// @param work of the run
    /// @param progress hears of what cannot be used
    RefreshInput inputOf(RunSpec spec, DatasetSnapshot data, Path work, ProgressListener progress)
            throws IOException {
        Map<String, Double> weights = RaterWeights.of(data.examples(), data.raters());
        List<Example> examples =
                WrittenText.of(store.folder(spec.reference())).asIds(data.examples());
        List<String> eligible =
                PreferenceData.of(examples, weights).test().stream()
                        .filter(SourcedPair::decided)
                        .map(pair -> pair.source().id())
                        .toList();
        Double coefficient = spec.klCoefficient();
        return new RefreshInput(
                store.folder(spec.reference()),
                store.folder(spec.serving()),
                examples,
                data.prompts(),
                weights,
                spec.ordinal(),
                coefficient == null ? OptionalDouble.empty() : OptionalDouble.of(coefficient),
                truths.of(work, store.folder(spec.reference()), spec.config().ppo(), progress),
                new Gold(gold.ids(eligible, spec.config().goldPairs()), earlierCoach(spec)),
                spec.seed());
    }

    /// One of another reference policy has another body and reads other tokens.
    private Optional<Gold.Coach> earlierCoach(RunSpec spec) throws IOException {
        Optional<String> run = coaches.earlier(runOfServing(spec));
        if (run.isEmpty()) {
            return Optional.empty();
        }
        return store.ofRun(run.get())
                .filter(made -> spec.reference().equals(made.lineage().get(Lineage.REFERENCE)))
                .map(made -> new Gold.Coach(made.id(), coaches.folder(run.get())));
    }

    /// What left since the serving release learned; everything ever where it is an import.
    Withdrawals withdrawalsSince(RunSpec spec, DatasetSnapshot data) throws IOException {
        Offsets from =
                store.find(spec.serving())
                        .map(parent -> parent.lineage().get(Lineage.OFFSETS))
                        .map(Offsets::parse)
                        .orElse(Offsets.none());
        return Withdrawals.of(dataset.withdrawnSince(from, spec.until()), data.examples());
    }

    /// Keeps the reward model of a run that is about to publish.
    void keep(RunSpec spec, Path coach) throws IOException {
        coaches.keep(spec.run(), coach, runOfServing(spec));
    }

    /// What the run published was promoted: its reward model is the one to be measured beside.
    void promoted(RunSpec spec) throws IOException {
        coaches.promoted(spec.run());
    }

    private Optional<String> runOfServing(RunSpec spec) throws IOException {
        return store.find(spec.serving())
                .map(ReleaseManifest::lineage)
                .map(lineage -> lineage.get(Lineage.RUN));
    }
}
