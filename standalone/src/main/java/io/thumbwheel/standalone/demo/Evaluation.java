package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.client.Completion.Written;
import io.thumbwheel.standalone.demo.ReleaseRow.Quality;
import io.thumbwheel.standalone.preference.Preference;
import io.thumbwheel.standalone.preference.Preference.Verdict;
import io.thumbwheel.standalone.statistics.Diversity;
import io.thumbwheel.standalone.statistics.Interval;
import io.thumbwheel.standalone.statistics.WinRate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Releases against r0 on prompts that the platform never learns from, by the noiseless scorer. r0
/// answers once; every release is compared with those same answers.
final class Evaluation {
    private static final int PREFLIGHT_PROMPTS = 100;

    private final Preference preference;
    private final Answers answers;
    private final List<String> prompts;
    private final long seed;
    private final Map<String, List<String>> texts = new HashMap<>();
    private List<Written> reference = List.of();

    Evaluation(Preference preference, Answers answers, List<String> prompts, long seed) {
        this.preference = preference;
        this.answers = answers;
        this.prompts = List.copyOf(prompts);
        this.seed = seed;
    }

    /// Asks r0 the prompts.
    void begin(String r0) throws DemoFailedException {
        reference = answers.one(r0, prompts, "reference");
    }

    /// Whether the preference can tell r0's answers apart.
    Preflight preflight(String r0) throws DemoFailedException {
        List<String> some = prompts.subList(0, Math.min(PREFLIGHT_PROMPTS, prompts.size()));
        return Preflight.of(preference, some, answers.several(r0, some, Preflight.OF, "preflight"));
    }

    /// What a release's answers are worth. For r0 they are fresh ones, so that its row shows what
    /// chance alone does.
    Quality of(String release) throws DemoFailedException {
        List<Written> written = answers.one(release, prompts, "evaluation");
        texts.put(release, texts(written));
        return quality(written);
    }

    /// What the best of eight answers of r0 are worth.
    Quality ofBest(Preflight preflight) {
        return quality(preflight.best());
    }

    private Quality quality(List<Written> written) {
        int count = written.size();
        double[] scores = new double[count];
        double[] baseline = new double[count];
        for (int i = 0; i < count; i++) {
            Verdict verdict =
                    preference.compare(
                            prompts.get(i),
                            Answers.seen(written.get(i)),
                            Answers.seen(reference.get(i)));
            scores[i] = verdict.scoreA();
            baseline[i] = verdict.scoreB();
        }
        List<Written> others = reference.subList(0, count);
        Interval rate = WinRate.paired(scores, baseline, seed);
        return new Quality(
                Arrays.stream(scores).average().orElse(Double.NaN),
                rate.estimate(),
                rate.low(),
                rate.high(),
                WinRate.lengthControlled(scores, baseline, lengths(written), lengths(others)),
                Arrays.stream(lengths(written)).average().orElse(Double.NaN),
                written.stream().mapToInt(one -> one.ended() ? 1 : 0).average().orElse(Double.NaN),
                null,
                Diversity.sameOpening(texts(written)));
    }

    /// How different a release's answers are: over as many word pairs as all releases have that
    /// were measured so far.
    Optional<Double> distinct2(String release) {
        if (!texts.containsKey(release)) {
            return Optional.empty();
        }
        int pairs = texts.values().stream().mapToInt(Diversity::pairs).min().orElseThrow();
        return Optional.of(Diversity.distinct2(Objects.requireNonNull(texts.get(release)), pairs));
    }

    private static double[] lengths(List<Written> written) {
        return written.stream().mapToDouble(Written::tokens).toArray();
    }

    private static List<String> texts(List<Written> written) {
        return written.stream().map(Written::text).toList();
    }
}
