package io.thumbwheel.trainer.ppo;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.reward.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Two answers to a held-out prompt among those that the gate compared: for people to read.
///
/// @param promptIds template included [prompt]
/// @param before what the serving release answered [response]
/// @param after what the candidate answered [response]
/// @param scoreBefore the judge's score
/// @param scoreAfter of the other answer
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SampledPair(
        List<Integer> promptIds,
        List<Integer> before,
        List<Integer> after,
        double scoreBefore,
        double scoreAfter) {
    /// Name of the file that keeps them.
    public static final String FILE = "samples.json";

    /// How many are kept.
    static final int KEPT = 20;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public SampledPair {
        promptIds = List.copyOf(promptIds);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /// The first of the gate's pairs.
    static List<SampledPair> first(
            List<Answer> before, double[] scoresBefore, List<Answer> after, double[] scoresAfter) {
        List<SampledPair> pairs = new ArrayList<>();
        for (int i = 0; i < Math.min(KEPT, after.size()); i++) {
            pairs.add(
                    new SampledPair(
                            after.get(i).promptIds(),
                            before.get(i).responseIds(),
                            after.get(i).responseIds(),
                            scoresBefore[i],
                            scoresAfter[i]));
        }
        return pairs;
    }

    static void write(Path folder, List<SampledPair> pairs) throws IOException {
        AtomicFile.write(folder.resolve(FILE), JSON.writeValueAsBytes(pairs));
    }

    /// What a gate wrote.
    public static List<SampledPair> read(Path file) throws IOException {
        return List.of(JSON.readValue(file.toFile(), SampledPair[].class));
    }
}
