package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.Example;
import java.util.List;
import java.util.stream.Stream;

/// A pair and the opinion that it was read from: what reward models are measured on, where it
/// matters which comparison it was.
///
/// @param pair with the weight that trust and, where it trains, age give it
/// @param source the opinion
public record SourcedPair(Pair pair, Example.Preference source) {

    /// Whether one answer won.
    public boolean decided() {
        return pair.target() != 0.5;
    }

    /// 1 where the preferred answer scores higher, 0.5 where both score alike [pairs].
    ///
    /// @param pairs decided ones
    public static double[] right(Reward model, List<SourcedPair> pairs) {
        List<Answer> answers =
                pairs.stream()
                        .flatMap(pair -> Stream.of(pair.pair().a(), pair.pair().b()))
                        .toList();
        double[] scores = model.scores(answers);
        double[] right = new double[pairs.size()];
        for (int i = 0; i < right.length; i++) {
            double ahead = scores[2 * i] - scores[2 * i + 1];
            boolean aWon = pairs.get(i).pair().target() > 0.5;
            right[i] = ahead == 0 ? 0.5 : ahead > 0 == aWon ? 1 : 0;
        }
        return right;
    }
}
